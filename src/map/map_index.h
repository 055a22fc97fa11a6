// The one map: per space and kind the records that have a place, in memory, and the tiles made of
// them.
//
// Life of a tile: GET /api/v1/tiles/{layer}/{z}/{x}/{y} → the access rule's row filter for the
// caller → cache (key: space, layer, its version, filter, address) → Layer::encode: R-tree, cut,
// simplify → protozero. A layer's version is the journal sequence that last touched it, so an ETag
// stays right over a restart. Sensitive fields never enter a layer. A space's layers are built from
// the register when the space is first asked for, and follow the journal from then on.
//
// Thread-safe. Tiles of one space are made in parallel; an entry waits for the tiles being made.
#pragma once

#include "core/principal.h"
#include "core/route.h"
#include "foundations/bigdata/access.h"
#include "foundations/bigdata/journal.h"
#include "foundations/bigdata/register.h"
#include "map/base_map.h"
#include "map/surroundings.h"
#include "map/tile_cache.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>

namespace anlan::map {

inline constexpr std::string_view k_base_layer = "base";

class MapIndex final : public Surroundings {
  public:
    struct Options {
        const bigdata::Register* records = nullptr;
        const bigdata::Catalog* catalog = nullptr;
        const bigdata::Access* access = nullptr;
        std::string zone;
        std::filesystem::path base_folder;  ///< data/dongjiang; empty: no base map.
        std::size_t cache_bytes_max = 32 << 20;
        std::size_t exercises_max = 8;  ///< Exercises held in memory; the longest unused goes.
    };
    /// Reads the live space and the base map. Errors: base_map_wrong, and the register's.
    static Result<std::unique_ptr<MapIndex>> open(Options options);

    /// `layer` is a kind with geometry, or "base". Nothing in the tile: no bytes.
    /// Errors: no_such_layer, bad_tile, forbidden, no_such_space.
    [[nodiscard]] Result<Content> tile(const Principal& who, std::string_view space,
                                       std::string_view layer, const TileAddress& address) const;
    /// GET /api/v1/tiles/{layer}/{z}/{x}/{y}
    [[nodiscard]] RouteRows routes() const;
    /// For every journal entry, in order.
    void on_entry(const bigdata::Entry& entry);

    [[nodiscard]] std::vector<Nearby> inside(std::string_view space,
                                             std::span<const std::string> kinds,
                                             const Geometry& area, LonLat from) const override;
    [[nodiscard]] std::vector<Nearby> nearest(std::string_view space, std::string_view kind,
                                              LonLat from, std::size_t count) const override;

  private:
    struct VersionedLayer {
        Layer layer;
        std::int64_t version = 0;  ///< Journal sequence.
    };
    struct Space {
        mutable std::shared_mutex mutex;
        std::map<std::string, VersionedLayer, std::less<>> layers;
        std::uint64_t used = 0;
    };
    explicit MapIndex(Options options)
        : m_options(std::move(options)), m_cache(m_options.cache_bytes_max) {}
    [[nodiscard]] Result<std::shared_ptr<Space>> space(std::string_view name) const;
    [[nodiscard]] Result<std::shared_ptr<Space>> build(std::string_view name) const;
    [[nodiscard]] Result<Content> base_tile(const TileAddress& address) const;

    const Options m_options;
    BaseMap m_base;
    mutable TileCache m_cache;
    mutable std::mutex
        m_mutex;  ///< Of m_spaces; held while a space is built, so that no entry is missed.
    mutable std::map<std::string, std::shared_ptr<Space>, std::less<>> m_spaces;
    mutable std::uint64_t m_uses = 0;
};

}  // namespace anlan::map
