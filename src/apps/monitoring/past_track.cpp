#include "apps/monitoring/past_track.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <queue>

namespace anlan::monitoring {
namespace {

constexpr std::size_t k_page = 50'000;
constexpr double k_metres_a_degree = 111'320;
constexpr double k_metres_of_speed = 10;

struct Said {
    Part part;
    bigdata::Observation observation;
};

Result<void> read_part(const bigdata::Lake& lake, const sensing::Stream& stream, Timestamp from,
                       Timestamp until, std::size_t readings_max, PastTrack& out,
                       std::vector<Said>& said) {
    const auto part = part_of(stream.property);
    for (Timestamp next = from; next < until;) {
        const auto room = std::min(k_page, readings_max - out.readings);
        if (room == 0) {
            out.complete = false;
            return {};
        }
        TRY_ASSIGN(page, lake.raw(stream.number, next, until, room));
        for (const auto& o : page) said.push_back({part, o});
        out.readings += page.size();
        if (page.size() < room) return {};
        next = page.back().at + 1;
    }
    return {};
}

struct Piece {
    double deviation = -1;
    std::size_t from = 0, to = 0, at = 0;
    friend bool operator<(const Piece& a, const Piece& b) { return a.deviation < b.deviation; }
};

double deviation(const Fix& a, const Fix& b, const Fix& p) {
    const auto span = static_cast<double>(b.at - a.at);
    const double part = span > 0 ? static_cast<double>(p.at - a.at) / span : 0;
    const auto between = [part](double from, double to) { return from + part * (to - from); };
    const double east_m =
        (p.place.longitude_deg - between(a.place.longitude_deg, b.place.longitude_deg)) *
        k_metres_a_degree * std::cos(p.place.latitude_deg * std::numbers::pi / 180);
    const double north_m =
        (p.place.latitude_deg - between(a.place.latitude_deg, b.place.latitude_deg)) *
        k_metres_a_degree;
    double out = std::hypot(east_m, north_m);
    if (a.speed_m_s && b.speed_m_s && p.speed_m_s)
        out = std::max(
            out, k_metres_of_speed * std::abs(*p.speed_m_s - between(*a.speed_m_s, *b.speed_m_s)));
    return out;
}

/// The piece with its point that lies furthest off; deviation below 0 when it has none within.
Piece piece_of(const std::vector<Fix>& fixes, std::size_t from, std::size_t to) {
    Piece out{-1, from, to, from};
    for (std::size_t i = from + 1; i < to; ++i) {
        const double d = deviation(fixes[from], fixes[to], fixes[i]);
        if (d > out.deviation) out.deviation = d, out.at = i;
    }
    return out;
}

}  // namespace

Result<PastTrack> past_track(const bigdata::Lake& lake,
                             std::span<const std::shared_ptr<const sensing::Stream>> streams,
                             const PositionSettings& settings, Timestamp from, Timestamp until,
                             std::size_t readings_max) {
    PastTrack out;
    std::vector<Said> said;
    double jump_speed_m_s = settings.jump_speed_of("other");
    for (const auto& stream : streams) {
        if (part_of(stream->property) == Part::none) continue;
        jump_speed_m_s = settings.jump_speed_of(stream->device_type);
        TRY(read_part(lake, *stream, from, until, readings_max, out, said));
    }
    // Of one instant the place comes first: speed and course are told of it.
    std::ranges::stable_sort(said, {},
                             [](const Said& s) { return std::pair(s.observation.at, s.part); });
    Mover mover;
    for (const auto& each : said) {
        if (!mover.hear(each.part, each.observation, settings, jump_speed_m_s)) continue;
        const Fix& fix = *mover.last();
        if (!out.fixes.empty() && out.fixes.back().at == fix.at)
            out.fixes.back() = fix;
        else
            out.fixes.push_back(fix);
    }
    return out;
}

std::vector<Fix> thinned(const std::vector<Fix>& fixes, std::size_t max) {
    max = std::max<std::size_t>(max, 2);
    if (fixes.size() <= max) return fixes;
    std::vector<bool> kept(fixes.size());
    kept.front() = kept.back() = true;
    std::size_t count = 2;
    std::priority_queue<Piece> pieces;
    pieces.push(piece_of(fixes, 0, fixes.size() - 1));
    while (count < max && !pieces.empty()) {
        const Piece worst = pieces.top();
        pieces.pop();
        if (worst.deviation <= 0) break;  // the rest lies on the line
        kept[worst.at] = true;
        ++count;
        pieces.push(piece_of(fixes, worst.from, worst.at));
        pieces.push(piece_of(fixes, worst.at, worst.to));
    }
    std::vector<Fix> out;
    out.reserve(count);
    for (std::size_t i = 0; i < fixes.size(); ++i) {
        if (kept[i]) out.push_back(fixes[i]);
    }
    return out;
}

}  // namespace anlan::monitoring
