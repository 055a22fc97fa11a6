// Reads a vector tile back, for tests: by protozero's reader and the specification's text alone.
#pragma once

#include <protozero/pbf_reader.hpp>

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace anlan::map::test {

using Cells = std::vector<std::pair<int, int>>;
using ReadValue = std::variant<std::string, double, std::int64_t, bool>;

struct ReadFeature {
    int type = 0;
    std::map<std::string, ReadValue> properties;
    std::vector<Cells> parts;  ///< Points together; lines; rings, without the closing point.
};

struct ReadLayer {
    int version = 0, extent = 0;
    std::vector<ReadFeature> features;
};

inline std::vector<Cells> read_commands(const std::vector<std::uint32_t>& in, int type) {
    std::vector<Cells> out;
    int x = 0, y = 0;
    for (std::size_t i = 0; i < in.size();) {
        const std::uint32_t id = in[i] & 7, count = in[i] >> 3;
        ++i;
        if (id == 7) {
            if (type != 3 || count != 1) throw std::runtime_error("ClosePath out of place");
            continue;
        }
        if (id != 1 && id != 2) throw std::runtime_error("unknown command");
        if (id == 1 && type != 1 && count != 1) throw std::runtime_error("MoveTo of more than one");
        if (id == 1) out.emplace_back();
        for (std::uint32_t n = 0; n < count; ++n, i += 2) {
            const auto delta = [](std::uint32_t v) {
                return static_cast<int>(v >> 1) ^ -static_cast<int>(v & 1);
            };
            const int dx = delta(in.at(i)), dy = delta(in.at(i + 1));
            if (id == 2 && dx == 0 && dy == 0) throw std::runtime_error("LineTo of no length");
            x += dx;
            y += dy;
            out.back().emplace_back(x, y);
        }
    }
    return out;
}

inline ReadValue read_value(protozero::pbf_reader in) {
    while (in.next()) {
        switch (in.tag()) {
            case 1:
                return in.get_string();
            case 3:
                return in.get_double();
            case 6:
                return std::int64_t{in.get_sint64()};
            case 7:
                return in.get_bool();
            default:
                throw std::runtime_error("unknown value type");
        }
    }
    throw std::runtime_error("empty value");
}

inline std::map<std::string, ReadLayer> read_tile(const std::string& bytes) {
    std::map<std::string, ReadLayer> out;
    protozero::pbf_reader tile(bytes);
    while (tile.next(3)) {
        protozero::pbf_reader in = tile.get_message();
        ReadLayer layer;
        std::string name;
        std::vector<std::string> keys;
        std::vector<ReadValue> values;
        std::vector<protozero::data_view> features;
        while (in.next()) {
            switch (in.tag()) {
                case 1:
                    name = in.get_string();
                    break;
                case 2:
                    features.push_back(in.get_view());
                    break;
                case 3:
                    keys.push_back(in.get_string());
                    break;
                case 4:
                    values.push_back(read_value(in.get_message()));
                    break;
                case 5:
                    layer.extent = static_cast<int>(in.get_uint32());
                    break;
                case 15:
                    layer.version = static_cast<int>(in.get_uint32());
                    break;
                default:
                    throw std::runtime_error("unknown field of a layer");
            }
        }
        for (const auto& view : features) {
            protozero::pbf_reader each(view);
            ReadFeature feature;
            std::vector<std::uint32_t> tags, commands;
            while (each.next()) {
                if (each.tag() == 3) {
                    feature.type = each.get_enum();
                    continue;
                }
                auto& to = each.tag() == 2 ? tags : commands;
                const auto range = each.get_packed_uint32();
                to.assign(range.begin(), range.end());
            }
            for (std::size_t i = 0; i + 1 < tags.size(); i += 2) {
                feature.properties[keys.at(tags[i])] = values.at(tags[i + 1]);
            }
            feature.parts = read_commands(commands, feature.type);
            layer.features.push_back(std::move(feature));
        }
        if (!out.emplace(name, std::move(layer)).second)
            throw std::runtime_error("layer twice: " + name);
    }
    return out;
}

/// The surveyor's formula; positive for a shell, by the specification.
inline double signed_area(const Cells& ring) {
    double twice = 0;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const auto [ax, ay] = ring[i];
        const auto [bx, by] = ring[(i + 1) % ring.size()];
        twice += static_cast<double>(ax) * by - static_cast<double>(bx) * ay;
    }
    return twice / 2;
}

inline std::string text_of(const ReadFeature& feature, const std::string& key) {
    const auto found = feature.properties.find(key);
    if (found == feature.properties.end()) return "(none)";
    if (const auto* text = std::get_if<std::string>(&found->second)) return *text;
    if (const auto* number = std::get_if<std::int64_t>(&found->second))
        return std::to_string(*number);
    if (const auto* truth = std::get_if<bool>(&found->second)) return *truth ? "true" : "false";
    return std::to_string(std::get<double>(found->second));
}

}  // namespace anlan::map::test
