#include "apps/affairs/report/map_picture.h"

#include <pango/pangocairo.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <numbers>

namespace anlan::affairs {

namespace {

struct Ink {
    double r, g, b, a = 1;
};
constexpr Ink k_water{.81, .87, .88}, k_land{.96, .96, .94}, k_block{.93, .93, .90},
    k_building{.85, .84, .80};
constexpr Ink k_green{.86, .91, .83}, k_road{1, 1, 1}, k_case{.81, .80, .76}, k_ink{.08, .13, .14};
constexpr Ink k_route{.04, .45, .40}, k_fan{.26, .32, .34};

struct ZoneStyle {
    int level;
    Ink fill, edge;
};
constexpr ZoneStyle k_zone_styles[] = {{1, {.78, .12, .17, .40}, {.55, .05, .09}},
                                       {2, {.93, .50, .08, .35}, {.63, .31, 0}},
                                       {3, {.95, .81, .11, .30}, {.54, .43, 0}},
                                       {0, {0, 0, 0, 0}, {.26, .32, .34}}};

/// Local metres to points on the paper, north up.
struct Scale {
    Local centre;
    double points_per_metre, width, height;
    [[nodiscard]] std::pair<double, double> at(Local p) const {
        return {width / 2 + (p.east_m - centre.east_m) * points_per_metre,
                height / 2 - (p.north_m - centre.north_m) * points_per_metre};
    }
};

void set(cairo_t* on, const Ink& ink) {
    cairo_set_source_rgba(on, ink.r, ink.g, ink.b, ink.a);
}

void trace(cairo_t* on, const Scale& scale, const std::vector<Local>& ring) {
    bool first = true;
    for (const auto p : ring) {
        const auto [x, y] = scale.at(p);
        first ? cairo_move_to(on, x, y) : cairo_line_to(on, x, y);
        first = false;
    }
}

void trace(cairo_t* on, const Scale& scale, const Geometry& g) {
    for (const auto& part : g.parts) {
        for (const auto& ring : part) {
            std::vector<Local> local;
            for (const auto p : ring) local.push_back(to_local(p));
            trace(on, scale, local);
        }
    }
}

void fill_layer(cairo_t* on, const Scale& scale, const std::vector<BaseMap::Shape>& layer,
                const Ink& ink) {
    set(on, ink);
    for (const auto& shape : layer) {
        for (const auto& ring : shape.rings) {
            trace(on, scale, ring);
            cairo_close_path(on);
        }
        cairo_set_fill_rule(on, CAIRO_FILL_RULE_EVEN_ODD);
        cairo_fill(on);
    }
}

void write(cairo_t* on, const std::string& text, double x, double y, double size, bool bold = false,
           bool halo = true) {
    PangoLayout* layout = pango_cairo_create_layout(on);
    PangoFontDescription* font =
        pango_font_description_from_string(bold ? "Noto Sans CJK SC Bold" : "Noto Sans CJK SC");
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_text(layout, text.data(), static_cast<int>(text.size()));
    if (halo) {
        cairo_move_to(on, x, y);
        pango_cairo_layout_path(on, layout);
        cairo_set_source_rgba(on, 1, 1, 1, .85);
        cairo_set_line_width(on, 2.5);
        cairo_stroke(on);
    }
    cairo_move_to(on, x, y);
    set(on, k_ink);
    pango_cairo_show_layout(on, layout);
    g_object_unref(layout);
}

/// The same four signals as on screen: colour, pattern, edge, word. Patterns: cross-hatch,
/// diagonals, dots; drawn clipped to the zone.
void pattern(cairo_t* on, int level, const Ink& ink, double width, double height) {
    set(on, {ink.r, ink.g, ink.b, .55});
    cairo_set_line_width(on, .5);
    const double step = 7;
    if (level == 1 || level == 2) {
        for (double x = -height; x < width; x += step) {
            cairo_move_to(on, x, height);
            cairo_line_to(on, x + height, 0);
            if (level == 1) {
                cairo_move_to(on, x, 0);
                cairo_line_to(on, x + height, height);
            }
        }
        cairo_stroke(on);
    }
    if (level == 3) {
        for (double x = 0; x < width; x += step) {
            for (double y = 0; y < height; y += step) {
                cairo_arc(on, x, y, .8, 0, 2 * std::numbers::pi);
                cairo_fill(on);
            }
        }
    }
}

void draw_zones(cairo_t* on, const Scale& scale, const json::object& impact) {
    const auto& zones = array_at(impact, "zones");
    // The widest first, so that the worst lies on top.
    for (auto zone = zones.rbegin(); zone != zones.rend(); ++zone) {
        const auto& o = zone->as_object();
        const auto area = geometry_from_json(o.at("geometry"));
        if (!area) continue;
        const auto* style = std::ranges::find(
            k_zone_styles, static_cast<int>(integer_at(o, "level", 0)), &ZoneStyle::level);
        cairo_save(on);
        trace(on, scale, *area);
        cairo_close_path(on);
        set(on, style->fill);
        cairo_fill_preserve(on);
        cairo_clip(on);
        pattern(on, style->level, style->edge, scale.width, scale.height);
        cairo_restore(on);
        trace(on, scale, *area);
        cairo_close_path(on);
        set(on, style->edge);
        cairo_set_line_width(on, 1);
        const double dash[] = {3, 2};
        if (style->level == 0) cairo_set_dash(on, dash, 2, 0);
        cairo_stroke(on);
        cairo_set_dash(on, nullptr, 0, 0);
    }
    if (const auto fan =
            geometry_from_json(json::value(object_at(object_at(impact, "fan"), "geometry")))) {
        trace(on, scale, *fan);
        cairo_close_path(on);
        set(on, k_fan);
        cairo_set_line_width(on, .8);
        const double dash[] = {4, 3};
        cairo_set_dash(on, dash, 2, 0);
        cairo_stroke(on);
        cairo_set_dash(on, nullptr, 0, 0);
    }
}

void draw_legend(cairo_t* on, const Scale& scale, const MapContent& content, const Words& words,
                 Language language) {
    const auto& zones = array_at(content.impact, "zones");
    const double line = 13, width = 132;
    const double height = line * static_cast<double>(zones.size() + 2) + 8;
    cairo_rectangle(on, 8, 8, width, height);
    cairo_set_source_rgba(on, 1, 1, 1, .9);
    cairo_fill(on);
    double y = 12;
    for (const auto& zone : zones) {
        const auto& o = zone.as_object();
        const auto* style = std::ranges::find(
            k_zone_styles, static_cast<int>(integer_at(o, "level", 0)), &ZoneStyle::level);
        cairo_save(on);
        cairo_rectangle(on, 13, y + 1, 16, 9);
        set(on, style->fill);
        cairo_fill_preserve(on);
        cairo_clip(on);
        pattern(on, style->level, style->edge, scale.width, scale.height);
        cairo_restore(on);
        cairo_rectangle(on, 13, y + 1, 16, 9);
        set(on, style->edge);
        cairo_set_line_width(on, .8);
        cairo_stroke(on);
        const auto metres = static_cast<long>(number_at(o, "distance_m", 0));
        const auto ppm = static_cast<long>(number_at(o, "ppm", 0));
        write(on,
              std::string(text_at(o, "name")) + " " + std::to_string(ppm) + " ppm · " +
                  std::to_string(metres) + " m",
              34, y - 1, 7.5, false, false);
        y += line;
    }
    const auto sample = [&](const Ink& ink, double thickness, bool dashed,
                            const std::string& text) {
        const double dash[] = {4, 3};
        if (dashed) cairo_set_dash(on, dash, 2, 0);
        set(on, ink);
        cairo_set_line_width(on, thickness);
        cairo_move_to(on, 13, y + 5.5);
        cairo_line_to(on, 29, y + 5.5);
        cairo_stroke(on);
        cairo_set_dash(on, nullptr, 0, 0);
        write(on, text, 34, y - 1, 7.5, false, false);
        y += line;
    };
    sample(k_fan, .8, true, words.in(language, "map.fan"));
    sample(k_route, 2, false, words.in(language, "map.route"));
}

void draw_wind_and_scale(cairo_t* on, const Scale& scale, const json::object& wind) {
    // An arrow that flies with the wind, in the upper right corner.
    if (wind.contains("from_deg")) {
        const double to = (number_at(wind, "from_deg", 0) + 180) * std::numbers::pi / 180;
        const double x = scale.width - 34, y = 34, r = 16;
        const double dx = std::sin(to), dy = -std::cos(to);
        set(on, {1, 1, 1, .9});
        cairo_arc(on, x, y, 22, 0, 2 * std::numbers::pi);
        cairo_fill(on);
        set(on, k_ink);
        cairo_set_line_width(on, 2);
        cairo_move_to(on, x - dx * r, y - dy * r);
        cairo_line_to(on, x + dx * r, y + dy * r);
        cairo_stroke(on);
        cairo_move_to(on, x + dx * r, y + dy * r);
        cairo_line_to(on, x + dx * 6 - dy * 6, y + dy * 6 + dx * 6);
        cairo_line_to(on, x + dx * 6 + dy * 6, y + dy * 6 - dx * 6);
        cairo_close_path(on);
        cairo_fill(on);
    }
    double metres = 100;
    for (const double m : {200.0, 500.0, 1000.0, 2000.0, 5000.0}) {
        if (m * scale.points_per_metre < 110) metres = m;
    }
    const double length = metres * scale.points_per_metre;
    const double x = scale.width - 14 - length, y = scale.height - 14;
    set(on, k_ink);
    cairo_set_line_width(on, 1.2);
    cairo_move_to(on, x, y - 4);
    cairo_line_to(on, x, y);
    cairo_line_to(on, x + length, y);
    cairo_line_to(on, x + length, y - 4);
    cairo_stroke(on);
    write(on,
          metres >= 1000 ? std::to_string(static_cast<int>(metres / 1000)) + " km"
                         : std::to_string(static_cast<int>(metres)) + " m",
          x, y - 16, 8);
}

/// A window that shows every zone and the source, at least 1 km high.
Scale fit(const MapContent& content, double width, double height) {
    const Local source = to_local(content.source);
    double west = source.east_m, east = west, south = source.north_m, north = south;
    for (const auto& zone : array_at(content.impact, "zones")) {
        const auto area = geometry_from_json(zone.as_object().at("geometry"));
        if (!area) continue;
        for (const auto p : area->parts.front().front()) {
            const Local l = to_local(p);
            west = std::min(west, l.east_m);
            east = std::max(east, l.east_m);
            south = std::min(south, l.north_m);
            north = std::max(north, l.north_m);
        }
    }
    const double points_per_metre = std::min(
        {width / ((east - west) * 1.2 + 1), height / ((north - south) * 1.2 + 1), height / 1000});
    return {{(west + east) / 2, (south + north) / 2}, points_per_metre, width, height};
}

}  // namespace

BaseMap BaseMap::load(const std::filesystem::path& folder) {
    BaseMap out;
    for (const auto* name :
         {"odbl/land", "odbl/zone", "blocks", "green", "odbl/sand", "buildings"}) {
        std::ifstream file(folder / (std::string(name) + ".geojson"));
        if (!file) continue;
        const std::string text((std::istreambuf_iterator<char>(file)), {});
        const auto value = parse_json(text, {.bytes = 32 << 20, .depth = 32});
        if (!value || !value->is_object()) continue;
        auto& layer = out.m_layers[std::filesystem::path(name).filename().string()];
        for (const auto& feature : array_at(value->get_object(), "features")) {
            if (!feature.is_object()) continue;
            const auto* geometry = feature.get_object().if_contains("geometry");
            const auto g =
                geometry == nullptr ? fail(errors::k_bad_geometry) : geometry_from_json(*geometry);
            if (!g) continue;
            Shape shape{{}, bounds_of(*g)};
            for (const auto& part : g->parts) {
                for (const auto& ring : part) {
                    auto& local = shape.rings.emplace_back();
                    for (const auto p : ring) local.push_back(to_local(p));
                }
            }
            layer.push_back(std::move(shape));
        }
    }
    return out;
}

const std::vector<BaseMap::Shape>& BaseMap::layer(std::string_view name) const {
    static const std::vector<Shape> k_none;
    const auto found = m_layers.find(name);
    return found == m_layers.end() ? k_none : found->second;
}

void draw_map(_cairo* on, double width, double height, const BaseMap& base,
              const MapContent& content, const Words& words, Language language) {
    const Scale scale = fit(content, width, height);
    set(on, k_water);
    cairo_paint(on);
    fill_layer(on, scale, base.layer("land"), k_land);
    fill_layer(on, scale, base.layer("zone"), k_land);
    fill_layer(on, scale, base.layer("blocks"), k_block);
    fill_layer(on, scale, base.layer("green"), k_green);
    for (const auto& [ink, extra] : {std::pair{k_case, 1.2}, {k_road, 0.0}}) {
        set(on, ink);
        cairo_set_line_width(on, std::clamp(14 * scale.points_per_metre, .8, 4.0) + extra);
        for (const auto& road : content.roads) trace(on, scale, road);
        cairo_stroke(on);
    }
    fill_layer(on, scale, base.layer("buildings"), k_building);
    draw_zones(on, scale, content.impact);
    set(on, k_route);
    cairo_set_line_width(on, 2.2);
    for (const auto& route : content.routes) trace(on, scale, route);
    cairo_stroke(on);
    for (const auto& who : array_at(content.impact, "affected")) {
        const auto& o = who.as_object();
        const double distance = number_at(o, "distance_m", 0),
                     bearing = number_at(o, "bearing_deg", 0) * std::numbers::pi / 180;
        if (boolean_at(o, "fan_only", false)) continue;
        const Local source = to_local(content.source);
        const auto [x, y] = scale.at({source.east_m + distance * std::sin(bearing),
                                      source.north_m + distance * std::cos(bearing)});
        set(on, k_ink);
        cairo_arc(on, x, y, 1.8, 0, 2 * std::numbers::pi);
        cairo_fill(on);
        write(on, std::string(text_at(o, language == Language::zh ? "name" : "name_en")), x + 4,
              y - 6, 7);
    }
    const auto [x, y] = scale.at(to_local(content.source));
    cairo_set_source_rgb(on, .78, .12, .17);
    cairo_arc(on, x, y, 4, 0, 2 * std::numbers::pi);
    cairo_fill(on);
    draw_wind_and_scale(on, scale, object_at(content.impact, "wind"));
    draw_legend(on, scale, content, words, language);
    write(on, words.in(language, "map.attribution"), 10, height - 14, 6.5);
}

}  // namespace anlan::affairs
