#include "map/packed_tree.h"

#include <algorithm>
#include <numeric>

namespace anlan::map {

namespace {

/// Position of a cell on the Hilbert curve of order 16 (Warren, Hacker's Delight, 16-1).
std::uint32_t hilbert(std::uint32_t x, std::uint32_t y) {
    std::uint32_t out = 0;
    for (std::uint32_t s = 1U << 15; s > 0; s >>= 1) {
        const std::uint32_t rx = (x & s) != 0 ? 1 : 0, ry = (y & s) != 0 ? 1 : 0;
        out += s * s * ((3 * rx) ^ ry);
        if (ry == 0) {
            if (rx == 1) {
                x = 0xFFFF - x;
                y = 0xFFFF - y;
            }
            std::swap(x, y);
        }
    }
    return out;
}

}  // namespace

PackedTree::PackedTree(std::span<const Box> boxes) : m_items(boxes.size()) {
    if (boxes.empty()) return;
    Box all;
    for (const auto& box : boxes) all.add(box);
    const double width = std::max(all.max_x - all.min_x, 1e-12),
                 height = std::max(all.max_y - all.min_y, 1e-12);
    std::vector<std::uint32_t> place(boxes.size());
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        const double x = ((boxes[i].min_x + boxes[i].max_x) / 2 - all.min_x) / width;
        const double y = ((boxes[i].min_y + boxes[i].max_y) / 2 - all.min_y) / height;
        place[i] =
            hilbert(static_cast<std::uint32_t>(x * 0xFFFF), static_cast<std::uint32_t>(y * 0xFFFF));
    }
    std::iota(m_items.begin(), m_items.end(), 0U);
    std::ranges::sort(m_items, {}, [&](std::uint32_t i) { return place[i]; });
    std::vector<Box> level;
    level.reserve(boxes.size());
    for (const auto i : m_items) level.push_back(boxes[i]);
    m_levels.push_back(std::move(level));
    while (m_levels.back().size() > k_fan) {
        const auto& below = m_levels.back();
        std::vector<Box> above((below.size() + k_fan - 1) / k_fan);
        for (std::size_t i = 0; i < below.size(); ++i) above[i / k_fan].add(below[i]);
        m_levels.push_back(std::move(above));
    }
}

}  // namespace anlan::map
