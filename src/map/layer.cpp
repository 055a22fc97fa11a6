#include "map/layer.h"

#include <protozero/pbf_writer.hpp>

#include <algorithm>

namespace anlan::map {

namespace {

// Field numbers of vector_tile.proto, version 2.1.
enum class TileField : protozero::pbf_tag_type { layers = 3 };
enum LayerField : protozero::pbf_tag_type {
    k_layer_name = 1,
    k_layer_features = 2,
    k_layer_keys = 3,
    k_layer_values = 4,
    k_layer_extent = 5,
    k_layer_version = 15
};
enum FeatureField : protozero::pbf_tag_type {
    k_feature_tags = 2,
    k_feature_type = 3,
    k_feature_geometry = 4
};
enum ValueField : protozero::pbf_tag_type {
    k_value_text = 1,
    k_value_double = 3,
    k_value_signed = 6,
    k_value_bool = 7
};

constexpr std::uint32_t k_unused = 0xFFFFFFFF;
/// Changes that may wait beside the tree: they are looked at one by one.
constexpr std::size_t k_loose_min = 256;

std::string encoded(const Value& value) {
    std::string out;
    protozero::pbf_writer writer(out);
    if (const auto* text = std::get_if<std::string>(&value))
        writer.add_string(k_value_text, *text);
    else if (const auto* number = std::get_if<double>(&value))
        writer.add_double(k_value_double, *number);
    else if (const auto* integer = std::get_if<std::int64_t>(&value))
        writer.add_sint64(k_value_signed, *integer);
    else
        writer.add_bool(k_value_bool, std::get<bool>(value));
    return out;
}

/// One order, whatever the tree's shape: equal contents give equal bytes. Features without an id
/// keep the order they came in. The start of the id is kept beside: sorting would wait for memory
/// otherwise.
struct Found {
    std::uint64_t start;
    const Feature* feature;
    friend bool operator<(const Found& a, const Found& b) {
        if (a.start != b.start) return a.start < b.start;
        return a.feature->id != b.feature->id ? a.feature->id < b.feature->id
                                              : a.feature < b.feature;
    }
};

std::uint64_t start_of(const Uuid& id) {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < 8; ++i) out = out << 8 | id.bytes[i];
    return out;
}

/// The numbers that a layer's keys and values get in one tile, in the order of their first use. The
/// table is kept for the thread and cleaned by what was used: a layer may hold 200,000 values, a
/// tile uses a few.
class Renumbered {
  public:
    Renumbered(std::vector<std::uint32_t>& table, std::size_t count) : m_numbers(table) {
        if (m_numbers.size() < count) m_numbers.resize(count, k_unused);
    }
    Renumbered(const Renumbered&) = delete;
    Renumbered& operator=(const Renumbered&) = delete;
    ~Renumbered() {
        for (const auto index : m_used) m_numbers[index] = k_unused;
    }
    std::uint32_t operator()(std::uint32_t index) {
        auto& number = m_numbers[index];
        if (number == k_unused) {
            number = static_cast<std::uint32_t>(m_used.size());
            m_used.push_back(index);
        }
        return number;
    }
    [[nodiscard]] const std::vector<std::uint32_t>& used() const { return m_used; }

  private:
    std::vector<std::uint32_t>& m_numbers;
    std::vector<std::uint32_t> m_used;
};

}  // namespace

std::uint32_t Layer::key_index(const std::string& key) {
    const auto found = std::ranges::find(m_keys, key);  // a dozen at most
    if (found != m_keys.end()) return static_cast<std::uint32_t>(found - m_keys.begin());
    m_keys.push_back(key);
    return static_cast<std::uint32_t>(m_keys.size() - 1);
}

std::uint32_t Layer::value_index(const Value& value) {
    const auto [place, added] =
        m_value_index.emplace(encoded(value), static_cast<std::uint32_t>(m_values.size()));
    if (added) m_values.push_back(place->first);
    return place->second;
}

void Layer::put(Feature feature, const Properties& properties) {
    std::uint32_t index = 0;
    const auto known = feature.id.is_nil() ? m_by_id.end() : m_by_id.find(feature.id);
    if (known != m_by_id.end()) {
        index = known->second;
        if (m_slots[index].feature->sequence > feature.sequence) return;
        m_tags_dead += m_slots[index].feature->tags.size();
        m_tags_live -= m_slots[index].feature->tags.size();
    } else {
        if (m_free.empty()) {
            index = static_cast<std::uint32_t>(m_slots.size());
            m_slots.emplace_back();
        } else {
            index = m_free.back();
            m_free.pop_back();
        }
        if (!feature.id.is_nil()) m_by_id.emplace(feature.id, index);
        ++m_live;
    }
    feature.shape = shape_of(feature.geometry);
    feature.tags.clear();
    for (const auto& [key, value] : properties)
        feature.tags.emplace_back(key_index(key), value_index(value));
    m_tags_live += feature.tags.size();
    m_slots[index].feature = std::move(feature);
    changed(index);
}

void Layer::remove(Uuid id) {
    const auto known = m_by_id.find(id);
    if (known == m_by_id.end()) return;
    const std::uint32_t index = known->second;
    m_by_id.erase(known);
    m_tags_dead += m_slots[index].feature->tags.size();
    m_tags_live -= m_slots[index].feature->tags.size();
    m_slots[index].feature.reset();
    ++m_slots[index].generation;
    m_free.push_back(index);
    --m_live;
}

void Layer::changed(std::uint32_t index) {
    auto& slot = m_slots[index];
    ++slot.generation;
    if (!slot.loose) {
        slot.loose = true;
        m_loose.push_back(index);
    }
    if (m_loose.size() > k_loose_min + m_live / 64) pack();
}

void Layer::pack() {
    if (m_tags_dead > m_tags_live + 10'000) drop_unused_values();
    std::vector<Box> boxes;
    boxes.reserve(m_live);
    m_packed.clear();
    for (std::uint32_t i = 0; i < m_slots.size(); ++i) {
        m_slots[i].loose = false;
        if (!m_slots[i].feature) continue;
        boxes.push_back(m_slots[i].feature->shape.box);
        m_packed.push_back({i, m_slots[i].generation});
    }
    m_loose.clear();
    m_tree = PackedTree(boxes);
}

void Layer::drop_unused_values() {
    std::vector<std::string> old = std::exchange(m_values, {});
    m_value_index.clear();
    for (auto& slot : m_slots) {
        if (!slot.feature) continue;
        for (auto& [key, value] : slot.feature->tags) {
            const auto [place, added] =
                m_value_index.emplace(old[value], static_cast<std::uint32_t>(m_values.size()));
            if (added) m_values.push_back(old[value]);
            value = place->second;
        }
    }
    m_tags_dead = 0;
}

void Layer::encode(const TileAddress& tile, const bigdata::RowFilter& rows,
                   std::string& out) const {
    if (rows.none || m_live == 0) return;
    std::vector<Found> found;
    const bool all = rows.all();
    query(tile.box(), [&](const Feature& feature) {
        if (all || rows.passes(feature.scope)) found.push_back({start_of(feature.id), &feature});
    });
    if (found.empty()) return;
    std::sort(found.begin(), found.end());

    std::string features;
    protozero::pbf_writer features_writer(features);
    thread_local std::vector<std::uint32_t> key_numbers, value_numbers;
    Renumbered keys(key_numbers, m_keys.size()), values(value_numbers, m_values.size());
    Cutter cutter(tile);
    std::vector<std::uint32_t> commands, tags;
    for (const auto& [start, feature] : found) {
        commands.clear();
        if (!cutter.cut(feature->shape, commands)) continue;
        tags.clear();
        for (const auto& [key, value] : feature->tags) {
            tags.push_back(keys(key));
            tags.push_back(values(value));
        }
        protozero::pbf_writer writer(features_writer, k_layer_features);
        writer.add_packed_uint32(k_feature_tags, tags.begin(), tags.end());
        writer.add_enum(k_feature_type, static_cast<std::int32_t>(feature->shape.type));
        writer.add_packed_uint32(k_feature_geometry, commands.begin(), commands.end());
    }
    if (features.empty()) return;

    std::string head, tail;
    protozero::pbf_writer head_writer(head), tail_writer(tail);
    head_writer.add_uint32(k_layer_version, 2);
    head_writer.add_string(k_layer_name, m_name);
    for (const auto key : keys.used()) tail_writer.add_string(k_layer_keys, m_keys[key]);
    for (const auto value : values.used()) tail_writer.add_message(k_layer_values, m_values[value]);
    tail_writer.add_uint32(k_layer_extent, k_extent);
    protozero::pbf_writer writer(out);
    writer.add_bytes_vectored(static_cast<protozero::pbf_tag_type>(TileField::layers), head,
                              features, tail);
}

}  // namespace anlan::map
