#include "apps/monitoring/adoption.h"

#include "apps/monitoring/errors.h"
#include "core/hash.h"
#include "core/random.h"
#include "foundations/bigdata/errors.h"
#include "foundations/sensing/gateways/table.h"

#include <array>
#include <charconv>
#include <cmath>
#include <set>

namespace anlan::monitoring {
namespace {

using bigdata::Action;
using bigdata::Change;
using bigdata::Record;

constexpr std::size_t k_datastreams_max = 256;
constexpr std::size_t k_token_bytes = 24;
/// Intervals that devices are usually set to; a measured one is taken for the nearest.
constexpr std::array k_usual_intervals_s{1,  2,   5,   10,  15,  20,   30,
                                         60, 120, 300, 600, 900, 1800, 3600};
constexpr std::int64_t k_frames_for_interval = 4;

struct AdoptedStream {
    std::string channel, property, name;
    std::optional<std::string> unit, name_en;
    std::optional<double> expected_interval_s;
};
BOOST_DESCRIBE_STRUCT(AdoptedStream, (),
                      (channel, property, name, unit, name_en, expected_interval_s))

struct AdoptRequest {
    json::object device;
    std::optional<Geometry> geometry;
    std::vector<AdoptedStream> datastreams;
};
BOOST_DESCRIBE_STRUCT(AdoptRequest, (), (device, geometry, datastreams))

struct Stranger {
    Record record;
    std::string protocol, address;
    std::string channel;          ///< Of a known device; else empty.
    std::optional<Record> owner;  ///< That device.
};

class Adoption {
  public:
    explicit Adoption(const apps::Context& context) : m_context(context) {}

    Result<json::object> propose(const Call& call) const {
        TRY_ASSIGN(stranger, stranger_asked(call));
        const auto* row = sensing::gateway_row(stranger.protocol);
        json::object device = stranger.owner ? known(*stranger.owner) : guessed(stranger, row);
        json::array streams;
        for (const auto& each : array_at(stranger.record.fields, "channels")) {
            const auto* seen = each.if_object();
            if (seen == nullptr) continue;
            streams.push_back(meant(call, device, row, *seen));
        }
        return json::object{{"device", std::move(device)},
                            {"datastreams", std::move(streams)},
                            {"needs_token", !stranger.owner && needs_token(row)}};
    }

    Result<json::object> adopt(const Call& call, const AdoptRequest& ask) const {
        TRY(m_context.access.require(call.who, "datastream.create"));
        TRY_ASSIGN(stranger, stranger_asked(call));
        TRY(check_streams(stranger, ask.datastreams));
        bigdata::Batch batch;
        batch.zone = call.who.zone;
        batch.space = call.space;
        batch.author = {call.who.user, call.who.name.empty() ? call.who.account : call.who.name,
                        "api"};
        batch.idempotency_key = call.idempotency_key;
        batch.request_id = call.request_id;
        // First, so that the hub has forgotten the stranger when it hears of the device.
        Change gone;
        gone.action = Action::remove;
        gone.kind = "quarantine";
        gone.id = stranger.record.id;
        gone.reason = "adopted";
        batch.changes.push_back(std::move(gone));
        std::string token;
        Uuid device = stranger.owner ? stranger.owner->id : m_context.ids.next();
        bigdata::Scope scope = stranger.owner ? stranger.owner->scope : bigdata::Scope{};
        if (!stranger.owner) {
            TRY_ASSIGN(change, device_change(call, stranger, ask, device, token));
            scope = *change.scope;
            batch.changes.push_back(std::move(change));
        }
        TRY(check_scope(call, "datastream", scope));
        for (const auto& stream : ask.datastreams)
            batch.changes.push_back(stream_change(stream, device, scope));
        auto written = m_context.records.write(std::move(batch));
        if (!written)
            return std::unexpected(asked_for(std::move(written).error(), !stranger.owner));
        const auto& applied = *written;
        Record made = stranger.owner ? *stranger.owner : applied.records.at(1);
        m_context.access.mask(call.who, made);
        json::object out{{"device", to_json(made)}};
        // Of a repeated request the first token counts, and nobody knows it any more.
        if (!token.empty() && !applied.repeated) out["token"] = token;
        return out;
    }

  private:
    Result<Stranger> stranger_asked(const Call& call) const {
        const auto id = Uuid::parse(call.parameter("id"));
        if (!id) return fail(errors::k_no_such_record);
        TRY_ASSIGN(record,
                   m_context.records.get(m_context.access.view(call.who, call.space, "quarantine"),
                                         "quarantine", *id));
        Stranger out;
        out.record = std::move(record);
        out.protocol = text_at(out.record.fields, "protocol");
        out.address = text_at(out.record.fields, "address");
        const auto at = out.address.find('#');
        if (at == std::string::npos) return out;
        TRY_ASSIGN(
            owners,
            m_context.records.all(
                m_context.access.view(call.who, call.space, "device"), "device",
                {{"protocol", bigdata::Compare::equal, json::value(out.protocol)},
                 {"address", bigdata::Compare::equal, json::value(out.address.substr(0, at))}}));
        // Of a unit and the parts behind it, which share its address, the unit.
        for (auto& owner : owners) {
            if (!out.owner || !owner.fields.contains("parent")) out.owner = std::move(owner);
        }
        if (!out.owner) return out;
        out.channel = out.address.substr(at + 1);
        out.address.resize(at);
        return out;
    }

    /// The register speaks of the batch's changes; the caller knows a device and datastreams.
    static Error asked_for(Error error, bool has_device) {
        for (auto& problem : error.fields) {
            constexpr std::string_view k_changes = "/changes/", k_fields = "/fields";
            if (!problem.where.starts_with(k_changes)) continue;
            std::size_t index = 0;
            const char* end = problem.where.data() + problem.where.size();
            const auto read = std::from_chars(problem.where.data() + k_changes.size(), end, index);
            std::string_view rest(read.ptr, static_cast<std::size_t>(end - read.ptr));
            if (rest.starts_with(k_fields)) rest.remove_prefix(k_fields.size());
            const std::size_t first = has_device ? 2 : 1;
            if (index == 0) continue;
            problem.where = (index < first ? std::string("/device")
                                           : "/datastreams/" + std::to_string(index - first)) +
                            std::string(rest);
        }
        return error;
    }

    static bool needs_token(const sensing::GatewayRow* row) {
        return row != nullptr && (row->start == nullptr || row->needs_token);
    }

    static json::object known(const Record& device) {
        json::object out{{"id", device.id.text()}};
        for (const char* key :
             {"name", "name_en", "type", "protocol", "address", "expected_interval_s"}) {
            const auto* value = device.fields.if_contains(key);
            out[key] = value == nullptr ? json::value(nullptr) : *value;
        }
        return out;
    }

    json::object guessed(const Stranger& stranger, const sensing::GatewayRow* row) const {
        const std::string type(row == nullptr ? "other" : row->device_type);
        const Label label = label_of("device_type", type);
        json::value interval(nullptr);
        if (const auto s = interval_s(stranger.record)) interval = *s;
        return {{"name", label.zh + " " + stranger.address},
                {"name_en", label.en + " " + stranger.address},
                {"type", type},
                {"protocol", stranger.protocol},
                {"address", stranger.address},
                {"expected_interval_s", std::move(interval)}};
    }

    /// From the frames it has sent so far; nothing while they are few.
    static std::optional<int> interval_s(const Record& record) {
        const auto frames = integer_at(record.fields, "frames", 0);
        const auto first = parse_iso8601(text_at(record.fields, "first_at"));
        const auto last = parse_iso8601(text_at(record.fields, "last_at"));
        if (frames < k_frames_for_interval || !first || !last || *last <= *first)
            return std::nullopt;
        const double measured_s =
            static_cast<double>(*last - *first) / 1000 / static_cast<double>(frames - 1);
        const auto nearest = std::ranges::min_element(
            k_usual_intervals_s, {}, [&](int s) { return std::abs(std::log(measured_s / s)); });
        return *nearest;
    }

    Label label_of(std::string_view table, std::string_view value) const {
        const auto* codes = m_context.catalog.codes(table);
        const auto* code = codes == nullptr ? nullptr : codes->find(value);
        return code == nullptr ? Label{std::string(value), std::string(value)} : code->label;
    }

    /// What the protocol says of the channel; failing that, a channel called as a property is one,
    /// in the unit that the zone's other datastreams of it have.
    json::object meant(const Call& call, const json::object& device, const sensing::GatewayRow* row,
                       const json::object& seen) const {
        const std::string channel(text_at(seen, "channel"));
        std::optional<sensing::ChannelMeaning> meaning;
        if (row != nullptr && row->meaning != nullptr) meaning = row->meaning(channel);
        const auto* properties = m_context.catalog.codes("property");
        if (!meaning && properties != nullptr && properties->find(channel) != nullptr) {
            meaning.emplace().property = channel;
            for (const auto& stream : m_context.hub.streams(call.space)) {
                if (stream->property == channel) meaning->unit = stream->unit;
            }
        }
        if (!meaning) meaning.emplace();
        Label name{meaning->name, meaning->name_en};
        if (name.zh.empty()) name = label_of("property", meaning->property);
        if (name.zh.empty()) name = {channel, channel};
        if (name.en.empty()) name.en = name.zh;
        const auto* value = seen.if_contains("value");
        std::string named(text_at(device, "name")), named_en(text_at(device, "name_en", named));
        return {{"channel", channel},
                {"property", meaning->property},
                {"unit", meaning->unit},
                {"name", named + " " + name.zh},
                {"name_en", named_en + ", " + name.en},
                {"value", value == nullptr ? json::value(nullptr) : *value},
                {"at", text_at(seen, "at")}};
    }

    static Result<void> check_streams(const Stranger& stranger,
                                      const std::vector<AdoptedStream>& streams) {
        const auto wrong = [](std::string zh, std::string en) {
            return fail(errors::k_adoption_channels,
                        {{"what", std::move(zh)}, {"what_en", std::move(en)}});
        };
        if (streams.size() > k_datastreams_max) return wrong("最多 256 个", "at most 256");
        std::set<std::string_view> seen;
        for (const auto& stream : streams) {
            if (!seen.insert(stream.channel).second)
                return wrong("“" + stream.channel + "”重复",
                             "'" + stream.channel + "' is there twice");
        }
        if (!stranger.owner) return {};
        if (streams.size() == 1 && streams.front().channel == stranger.channel) return {};
        return wrong("只应有“" + stranger.channel + "”",
                     "only '" + stranger.channel + "' is asked for");
    }

    Result<Change> device_change(const Call& call, const Stranger& stranger,
                                 const AdoptRequest& ask, Uuid id, std::string& token) const {
        Change out;
        out.kind = "device";
        out.id = id;
        for (const auto& [name, value] : ask.device) {
            if (name == "credential_hash")
                return fail(errors::k_bad_request, {},
                            {{"/device/credential_hash", &errors::k_field_unknown, {}}});
            if (!value.is_null()) out.fields[name] = value;
        }
        for (const auto& [key, expected] :
             {std::pair<const char*, std::string_view>{"protocol", stranger.protocol},
              {"address", stranger.address}}) {
            if (!out.fields.contains(key)) out.fields[key] = expected;
            if (text_at(out.fields, key) != expected)
                return fail(errors::k_adoption_other,
                            {{"key", key}, {"expected", std::string(expected)}});
        }
        if (!out.fields.contains("in_service")) out.fields["in_service"] = true;
        if (needs_token(sensing::gateway_row(stranger.protocol))) {
            std::array<std::uint8_t, k_token_bytes> secret{};
            SystemRandom().fill(secret);
            token = "anld_" + hex(std::string(secret.begin(), secret.end()));
            out.fields["credential_hash"] = hex(sm3(token));
        }
        out.geometry = ask.geometry;
        TRY_ASSIGN(scope, scope_of(call, out));
        out.scope = scope;
        return out;
    }

    /// The enterprise named, the grid it stands in; whoever sees only the own rows adopts for
    /// themselves.
    Result<bigdata::Scope> scope_of(const Call& call, const Change& device) const {
        const auto rows = m_context.access.view(call.who, call.space, "device").rows;
        bigdata::Scope scope{rows.grid.value_or(Uuid{}), rows.enterprise.value_or(Uuid{}),
                             rows.organisation.value_or(Uuid{})};
        if (const auto enterprise = Uuid::parse(text_at(device.fields, "enterprise")))
            scope.enterprise = *enterprise;
        if (device.geometry && scope.grid.is_nil()) {
            TRY_ASSIGN(grids,
                       m_context.records.all(
                           {call.who.zone, call.space, bigdata::RowFilter::everything()}, "grid"));
            const LonLat place = anchor_of(*device.geometry);
            for (const auto& grid : grids) {
                if (grid.geometry && contains(*grid.geometry, place)) scope.grid = grid.id;
            }
        }
        TRY(check_scope(call, "device", scope));
        return scope;
    }

    Result<void> check_scope(const Call& call, std::string_view kind,
                             const bigdata::Scope& scope) const {
        if (m_context.access.view(call.who, call.space, kind).rows.passes(scope)) return {};
        return fail(errors::k_no_such_record);
    }

    static Change stream_change(const AdoptedStream& stream, Uuid device,
                                const bigdata::Scope& scope) {
        Change out;
        out.kind = "datastream";
        out.scope = scope;
        out.fields = {{"name", stream.name},
                      {"device", device.text()},
                      {"property", stream.property},
                      {"channel", stream.channel}};
        if (stream.unit && !stream.unit->empty()) out.fields["unit"] = *stream.unit;
        if (stream.name_en && !stream.name_en->empty()) out.fields["name_en"] = *stream.name_en;
        if (stream.expected_interval_s)
            out.fields["expected_interval_s"] = *stream.expected_interval_s;
        return out;
    }

    apps::Context m_context;
};

}  // namespace

RouteRows adoption_routes(const apps::Context& context) {
    const auto adoption = std::make_shared<const Adoption>(context);
    RouteRows rows;
    rows.push_back(route<NoBody, json::object>(
        Method::get, "/api/v1/quarantine/{id}/proposal", "quarantine.read",
        {"隔离设备像是什么：设备与其数据流的建议",
         "What a quarantined device seems to be: a proposal"},
        [adoption](const Call& call, const NoBody&) { return adoption->propose(call); }));
    rows.push_back(route<AdoptRequest, json::object>(
        Method::post, "/api/v1/quarantine/{id}/adopt", "device.create",
        {"接纳隔离设备：登记设备与数据流；令牌只回答这一次",
         "Adopts a quarantined device with its datastreams; its token is answered once"},
        [adoption](const Call& call, const AdoptRequest& ask) {
            return adoption->adopt(call, ask);
        },
        201));
    return rows;
}

}  // namespace anlan::monitoring
