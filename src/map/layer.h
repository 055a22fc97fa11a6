// The features of one layer in memory: put, removed, found by place, encoded as a vector tile's
// layer.
//
// Not locked: its owner says who may read while nobody writes. A tree answers for what was there
// when it was last packed, a short list for what has changed since; put() and remove() pack again
// now and then (amortised some microseconds a change).
#pragma once

#include "core/geo.h"
#include "core/ids.h"
#include "foundations/bigdata/register.h"
#include "map/packed_tree.h"
#include "map/shape.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace anlan::map {

using Value = std::variant<std::string, double, std::int64_t, bool>;
using Properties = std::vector<std::pair<std::string, Value>>;

struct Feature {
    Uuid id;  ///< Nil for features that are never changed (the base map).
    bigdata::Scope scope;
    Geometry geometry;
    Shape shape;                ///< Of the geometry; made by put().
    std::int64_t sequence = 0;  ///< Journal sequence of the record.
    std::string title, title_en;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> tags;  ///< Made by put(): key, value.
};

class Layer {
  public:
    explicit Layer(std::string name) : m_name(std::move(name)) {}

    /// Replaces the feature of the same id, unless that one is of a later sequence.
    void put(Feature feature, const Properties& properties);
    void remove(Uuid id);
    /// The tree over everything: after many put().
    void pack();
    [[nodiscard]] std::size_t size() const { return m_live; }
    [[nodiscard]] const std::string& name() const { return m_name; }

    /// Appends the layer to a tile, when anything of it that `rows` lets pass is in there.
    void encode(const TileAddress& tile, const bigdata::RowFilter& rows, std::string& out) const;

    /// Calls `take(feature)` for each whose box meets `box`, in no order.
    template <class F>
    void query(const Box& box, F&& take) const {
        m_tree.query(box, [&](std::uint32_t item) {
            const auto slot = m_packed[item];
            if (slot.generation == m_slots[slot.index].generation)
                take(*m_slots[slot.index].feature);
        });
        for (const auto index : m_loose) {
            const auto& slot = m_slots[index];
            if (slot.feature && slot.feature->shape.box.meets(box)) take(*slot.feature);
        }
    }

  private:
    struct Slot {
        std::optional<Feature> feature;
        std::uint32_t generation = 0;  ///< Grows when the feature goes or changes.
        bool loose = false;
    };
    struct PackedSlot {
        std::uint32_t index, generation;
    };
    std::uint32_t key_index(const std::string& key);
    std::uint32_t value_index(const Value& value);
    void drop_unused_values();
    void changed(std::uint32_t index);

    std::string m_name;
    std::vector<Slot> m_slots;
    std::vector<std::uint32_t> m_free;
    std::unordered_map<Uuid, std::uint32_t> m_by_id;
    std::size_t m_live = 0;

    PackedTree m_tree;
    std::vector<PackedSlot> m_packed;    ///< What the tree's items are.
    std::vector<std::uint32_t> m_loose;  ///< Slots the tree does not know.

    std::vector<std::string> m_keys;
    std::vector<std::string> m_values;  ///< Encoded as the format wants them.
    std::unordered_map<std::string, std::uint32_t> m_value_index;
    std::size_t m_tags_live = 0, m_tags_dead = 0;
};

}  // namespace anlan::map
