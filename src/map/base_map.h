// The base map: every *.geojson file of a folder, and of its folder odbl/, is one layer of the
// tile, named after the file. Loaded once; the same for everybody in every space.
#pragma once

#include "core/result.h"
#include "map/layer.h"

#include <filesystem>
#include <string>
#include <vector>

namespace anlan::map {

class BaseMap {
  public:
    /// Errors: base_map_wrong, naming the file. A folder without such files gives empty tiles.
    /// Properties that are text, numbers or truth values go into the tiles; others are left out.
    static Result<BaseMap> load(const std::filesystem::path& folder);

    void encode(const TileAddress& tile, std::string& out) const;
    /// Changes when a file changes.
    [[nodiscard]] const std::string& version() const { return m_version; }
    [[nodiscard]] const std::vector<Layer>& layers() const { return m_layers; }

  private:
    std::vector<Layer> m_layers;
    std::string m_version;
};

}  // namespace anlan::map
