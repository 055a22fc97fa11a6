#include "map/base_map.h"

#include "core/hash.h"
#include "core/json.h"
#include "map/errors.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace anlan::map {

namespace {

constexpr JsonLimits k_limits{64 << 20, 32};

Properties properties_of(const json::object& o) {
    Properties out;
    for (const auto& [key, value] : o) {
        std::string name(key);
        if (value.is_string())
            out.emplace_back(name, std::string(value.get_string()));
        else if (value.is_bool())
            out.emplace_back(name, value.get_bool());
        else if (value.is_int64())
            out.emplace_back(name, value.get_int64());
        else if (value.is_number())
            out.emplace_back(name, value.to_number<double>());
    }
    return out;
}

std::unexpected<Error> wrong(const std::filesystem::path& file, std::string what) {
    return fail(errors::k_base_map_wrong,
                {{"file", file.filename().string()}, {"what", std::move(what)}});
}

Result<Layer> load_layer(const std::filesystem::path& file, const std::string& text) {
    const auto parsed = parse_json(text, k_limits);
    if (!parsed) return wrong(file, text_of(parsed.error(), Language::en));
    const auto* collection = parsed->if_object();
    if (collection == nullptr || text_at(*collection, "type") != "FeatureCollection") {
        return wrong(file, "not a FeatureCollection");
    }
    Layer layer(file.stem().string());
    std::int64_t number = 0;
    for (const auto& each : array_at(*collection, "features")) {
        ++number;
        const auto* feature = each.if_object();
        const auto* geometry = feature == nullptr ? nullptr : feature->if_contains("geometry");
        if (geometry == nullptr)
            return wrong(file, "feature " + std::to_string(number) + " has no geometry");
        auto read = geometry_from_json(*geometry);
        if (!read)
            return wrong(file, "feature " + std::to_string(number) + ": " +
                                   text_of(read.error(), Language::en));
        Feature out;
        out.geometry = std::move(*read);
        layer.put(std::move(out), properties_of(object_at(*feature, "properties")));
    }
    layer.pack();
    return layer;
}

}  // namespace

Result<BaseMap> BaseMap::load(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& place : {folder, folder / "odbl"}) {
        std::error_code problem;
        for (const auto& entry : std::filesystem::directory_iterator(place, problem)) {
            if (entry.path().extension() == ".geojson") files.push_back(entry.path());
        }
    }
    std::ranges::sort(files, {}, [](const auto& file) { return file.stem().string(); });
    BaseMap out;
    std::string all;
    for (const auto& file : files) {
        std::ifstream in(file, std::ios::binary);
        const std::string text(std::istreambuf_iterator<char>(in), {});
        if (!in) return wrong(file, "cannot be read");
        TRY_ASSIGN(layer, load_layer(file, text));
        out.m_layers.push_back(std::move(layer));
        all += file.stem().string() + hex(sm3(text));
    }
    out.m_version = hex(sm3(all)).substr(0, 16);
    return out;
}

void BaseMap::encode(const TileAddress& tile, std::string& out) const {
    for (const auto& layer : m_layers) layer.encode(tile, bigdata::RowFilter::everything(), out);
}

}  // namespace anlan::map
