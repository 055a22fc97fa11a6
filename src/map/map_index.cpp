#include "map/map_index.h"

#include "core/hash.h"
#include "map/errors.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>

namespace anlan::map {

namespace {

constexpr const char* k_tile_type = "application/vnd.mapbox-vector-tile";

/// Texts longer than this belong into a form, not into every tile.
constexpr std::size_t k_text_bytes_max = 200;

bool is_cheap(bigdata::FieldType type) {
    using bigdata::FieldType;
    switch (type) {
        case FieldType::text:
        case FieldType::number:
        case FieldType::integer:
        case FieldType::boolean:
        case FieldType::date:
        case FieldType::time:
        case FieldType::duration:
        case FieldType::height:
        case FieldType::code:
        case FieldType::reference:
            return true;
        default:
            return false;
    }
}

void add_field(const bigdata::Kind& kind, const bigdata::Record& record, const std::string& name,
               Properties& out) {
    const auto* field = kind.field(name);
    if (field == nullptr || field->sensitive || !is_cheap(field->type)) return;
    const bool there =
        std::ranges::any_of(out, [&](const auto& each) { return each.first == name; });
    const auto* value = record.fields.if_contains(name);
    if (there || value == nullptr) return;
    if (value->is_string()) {
        if (value->get_string().size() <= k_text_bytes_max)
            out.emplace_back(name, std::string(value->get_string()));
    } else if (value->is_bool()) {
        out.emplace_back(name, value->get_bool());
    } else if (value->is_int64()) {
        out.emplace_back(name, value->get_int64());
    } else if (value->is_number()) {
        out.emplace_back(name, value->to_number<double>());
    }
}

std::string visible_text(const bigdata::Kind& kind, const bigdata::Record& record,
                         const std::string& name) {
    const auto* field = kind.field(name);
    if (field == nullptr || field->sensitive) return {};
    const auto* value = record.fields.if_contains(name);
    if (value == nullptr || value->is_null()) return {};
    return value->is_string() ? std::string(value->get_string()) : to_text(*value);
}

/// What a tile says of a record: id, kind, state, its title in both languages, and the declared
/// columns that are short: of its list, and of `map: {fields: […]}`.
Properties properties_of(const bigdata::Kind& kind, const bigdata::Record& record,
                         const Feature& feature) {
    Properties out{{"id", record.id.text()}, {"kind", kind.name}};
    if (!record.state.empty()) out.emplace_back("state", record.state);
    if (!feature.title.empty()) out.emplace_back("title", feature.title);
    if (!feature.title_en.empty()) out.emplace_back("title_en", feature.title_en);
    add_field(kind, record, kind.title_field, out);
    add_field(kind, record, kind.title_field + "_en", out);
    for (const auto& column : kind.list_columns) add_field(kind, record, column, out);
    for (const auto& name : array_at(kind.map_style, "fields")) {
        if (name.is_string()) add_field(kind, record, std::string(name.get_string()), out);
    }
    return out;
}

void put_record(const bigdata::Kind& kind, const bigdata::Record& record, Layer& layer) {
    Feature feature;
    feature.id = record.id;
    feature.scope = record.scope;
    feature.geometry = *record.geometry;
    feature.sequence = record.sequence;
    feature.title = visible_text(kind, record, kind.title_field);
    feature.title_en = visible_text(kind, record, kind.title_field + "_en");
    const auto properties = properties_of(kind, record, feature);
    layer.put(std::move(feature), properties);
}

std::string key_of(const bigdata::RowFilter& rows) {
    if (rows.none) return "none";
    std::string out;
    for (const auto& each : {rows.grid, rows.enterprise, rows.organisation}) {
        out += each ? each->text() : "";
        out += ',';
    }
    return out;
}

std::string text_of(const TileAddress& a) {
    return std::to_string(a.z) + '/' + std::to_string(a.x) + '/' + std::to_string(a.y);
}

std::unexpected<Error> bad_tile() {
    return fail(errors::k_bad_tile, {{"z_max", std::to_string(k_zoom_max)}});
}

Result<TileAddress> address_of(const Call& call) {
    TileAddress out;
    const auto read = [&](std::string_view name, auto& to) {
        const auto text = call.parameter(name);
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), to);
        return problem == std::errc() && end == text.data() + text.size() && !text.empty();
    };
    if (!read("z", out.z) || !read("x", out.x) || !read("y", out.y)) return bad_tile();
    return out;
}

}  // namespace

Result<std::unique_ptr<MapIndex>> MapIndex::open(Options options) {
    std::unique_ptr<MapIndex> out(new MapIndex(std::move(options)));
    if (!out->m_options.base_folder.empty()) {
        TRY_ASSIGN(base, BaseMap::load(out->m_options.base_folder));
        out->m_base = std::move(base);
    }
    TRY(out->space(bigdata::k_live));
    return out;
}

Result<std::shared_ptr<MapIndex::Space>> MapIndex::space(std::string_view name) const {
    const std::lock_guard lock(m_mutex);
    auto found = m_spaces.find(name);
    if (found == m_spaces.end()) {
        TRY_ASSIGN(built, build(name));
        found = m_spaces.emplace(name, std::move(built)).first;
        if (m_spaces.size() > m_options.exercises_max + 1) {
            auto oldest = m_spaces.end();
            for (auto each = m_spaces.begin(); each != m_spaces.end(); ++each) {
                if (each == found || each->first == bigdata::k_live) continue;
                if (oldest == m_spaces.end() || each->second->used < oldest->second->used)
                    oldest = each;
            }
            if (oldest != m_spaces.end()) m_spaces.erase(oldest);
        }
    }
    found->second->used = ++m_uses;
    return found->second;
}

Result<std::shared_ptr<MapIndex::Space>> MapIndex::build(std::string_view name) const {
    auto out = std::make_shared<Space>();
    const bigdata::View view{m_options.zone, std::string(name), bigdata::RowFilter::everything()};
    // Taken before the rows: what is written meanwhile comes again by on_entry().
    const std::int64_t version = m_options.records->last_sequence();
    for (const auto& kind : m_options.catalog->kinds()) {
        if (kind.geometry == bigdata::GeometryUse::none) continue;
        TRY_ASSIGN(records, m_options.records->all(view, kind.name));
        auto& made =
            out->layers.emplace(kind.name, VersionedLayer{Layer(kind.name), version}).first->second;
        for (const auto& record : records) {
            if (record.geometry) put_record(kind, record, made.layer);
        }
        made.layer.pack();
    }
    return out;
}

void MapIndex::on_entry(const bigdata::Entry& entry) {
    const bigdata::Record& record = entry.after;
    const auto* kind = m_options.catalog->kind(record.kind);
    if (kind == nullptr || kind->geometry == bigdata::GeometryUse::none ||
        record.zone != m_options.zone)
        return;
    std::shared_ptr<Space> there;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_spaces.find(record.space);
        if (found == m_spaces.end()) return;  // Read when it is first asked for.
        there = found->second;
    }
    const std::unique_lock lock(there->mutex);
    const auto found = there->layers.find(record.kind);
    if (found == there->layers.end()) return;
    auto& [layer, version] = found->second;
    if (entry.action == bigdata::Action::remove || record.deleted || !record.geometry)
        layer.remove(record.id);
    else
        put_record(*kind, record, layer);
    version = std::max(version, entry.sequence);
}

Result<Content> MapIndex::base_tile(const TileAddress& address) const {
    const std::string key = "base|" + m_base.version() + '|' + text_of(address);
    auto bytes = m_cache.find(key);
    if (!bytes) {
        bytes.emplace();
        m_base.encode(address, *bytes);
        m_cache.keep(key, *bytes);
    }
    return Content{k_tile_type, std::move(*bytes), hex(sm3(key)).substr(0, 32), {}, true};
}

Result<Content> MapIndex::tile(const Principal& who, std::string_view space_name,
                               std::string_view layer_name, const TileAddress& address) const {
    if (!address.is_valid()) return bad_tile();
    if (layer_name == k_base_layer) return base_tile(address);
    const auto* kind = m_options.catalog->kind(layer_name);
    if (kind == nullptr || kind->geometry == bigdata::GeometryUse::none) {
        return fail(errors::k_no_such_layer, {{"layer", std::string(layer_name)}});
    }
    TRY(m_options.access->require(who, kind->name + ".read"));
    auto rows = m_options.access->view(who, space_name, kind->name).rows;
    if (who.zone != m_options.zone) rows.none = true;
    TRY_ASSIGN(there, space(space_name));

    const std::shared_lock lock(there->mutex);
    const auto& [layer, version] = there->layers.find(layer_name)->second;
    const std::string key = std::string(space_name) + '|' + kind->name + '|' +
                            std::to_string(version) + '|' + key_of(rows) + '|' +
                            m_options.catalog->version() + '|' + text_of(address);
    auto bytes = m_cache.find(key);
    if (!bytes) {
        bytes.emplace();
        layer.encode(address, rows, *bytes);
        m_cache.keep(key, *bytes);
    }
    return Content{k_tile_type, std::move(*bytes), hex(sm3(key)).substr(0, 32), {}, false};
}

RouteRows MapIndex::routes() const {
    return {route<NoBody, Content>(Method::get, "/api/v1/tiles/{layer}/{z}/{x}/{y}", k_signed_in,
                                   {"一张矢量瓦片（Mapbox 格式），layer 为一类记录或 base",
                                    "A Mapbox vector tile; layer is a kind of record or base"},
                                   [this](const Call& call, const NoBody&) -> Result<Content> {
                                       TRY_ASSIGN(address, address_of(call));
                                       return tile(call.who, call.space, call.parameter("layer"),
                                                   address);
                                   })};
}

namespace {

Box box_of(const Geometry& geometry) {
    Box out;
    const Bounds bounds = bounds_of(geometry);
    const Vertex low = project({bounds.west, bounds.south}),
                 high = project({bounds.east, bounds.north});
    out.add(low.x, low.y);
    out.add(high.x, high.y);
    return out;
}

Nearby nearby_of(std::string_view kind, const Feature& feature, Local from) {
    Nearby out{std::string(kind),
               feature.id,
               feature.title,
               feature.title_en,
               feature.scope,
               feature.geometry,
               anchor_of(feature.geometry),
               0};
    out.distance_m = distance_m(to_local(out.anchor), from);
    return out;
}

/// Half the side, in the unit square, of a window that holds every point within `radius_m` of
/// `from`. The projection stretches with latitude: the edge nearest to a pole counts. A tenth more
/// for the difference between local metres and a sphere's.
double window_half(LonLat from, double radius_m) {
    constexpr double k_equator_m = 40'075'016.7, k_degree_m = 110'574;
    const double latitude_deg = std::abs(from.latitude_deg) + radius_m / k_degree_m;
    if (latitude_deg > 85) return 1;
    return 1.1 * radius_m / (k_equator_m * std::cos(latitude_deg * std::numbers::pi / 180)) + 1e-9;
}

bool nearer(const Nearby& a, const Nearby& b) {
    return a.distance_m != b.distance_m ? a.distance_m < b.distance_m : a.id < b.id;
}

}  // namespace

std::vector<Nearby> MapIndex::inside(std::string_view space_name,
                                     std::span<const std::string> kinds, const Geometry& area,
                                     LonLat from) const {
    std::vector<Nearby> out;
    const auto there = space(space_name);
    if (!there) return out;
    const Local start = to_local(from);
    const Box box = box_of(area);
    const std::shared_lock lock((*there)->mutex);
    for (const auto& kind : kinds) {
        const auto found = (*there)->layers.find(kind);
        if (found == (*there)->layers.end()) continue;
        found->second.layer.query(box, [&](const Feature& feature) {
            if (intersects(area, feature.geometry)) out.push_back(nearby_of(kind, feature, start));
        });
    }
    std::ranges::sort(out, nearer);
    return out;
}

std::vector<Nearby> MapIndex::nearest(std::string_view space_name, std::string_view kind,
                                      LonLat from, std::size_t count) const {
    std::vector<Nearby> out;
    const auto there = space(space_name);
    if (!there || count == 0) return out;
    const Local start = to_local(from);
    const Vertex centre = project(from);
    const std::shared_lock lock((*there)->mutex);
    const auto found = (*there)->layers.find(kind);
    if (found == (*there)->layers.end()) return out;
    const Layer& layer = found->second.layer;
    const auto look = [&](double half) {
        out.clear();
        const bool whole = half >= 1;
        layer.query(
            whole ? Box{-1, -1, 2, 2}
                  : Box{centre.x - half, centre.y - half, centre.x + half, centre.y + half},
            [&](const Feature& feature) { out.push_back(nearby_of(kind, feature, start)); });
        return whole;
    };
    // A window that grows until it holds enough; then one that holds all that can be as near as
    // those.
    for (double half = 1.0 / 65'536; !look(half) && out.size() < count; half *= 4) continue;
    if (out.size() >= count) {
        const auto farthest = out.begin() + static_cast<std::ptrdiff_t>(count - 1);
        std::ranges::nth_element(out, farthest, nearer);
        look(window_half(from, farthest->distance_m));
    }
    std::ranges::sort(out, nearer);
    if (out.size() > count) out.resize(count);
    return out;
}

}  // namespace anlan::map
