#include "foundations/bigdata/chain.h"

#include "core/canonical.h"
#include "foundations/bigdata/table.h"

#include <array>
#include <charconv>

namespace anlan::bigdata {

namespace {

constexpr std::array<std::string_view, 4> k_actions{"create", "update", "move", "remove"};

Action action_of(std::string_view name) {
    for (std::size_t i = 0; i < k_actions.size(); ++i) {
        if (k_actions[i] == name) return static_cast<Action>(i);
    }
    return Action::update;
}

/// Members of an object in the canonical form: the caller names them in the order of their bytes.
class Members {
  public:
    explicit Members(std::string& out) : m_out(out) { m_out += '{'; }
    void close() { m_out += '}'; }

    /// The name's place; its value is to be written next.
    std::string& at(std::string_view name) {
        m_out.append(m_first ? "\"" : ",\"").append(name).append("\":");
        m_first = false;
        return m_out;
    }
    void add(std::string_view name, std::string_view text) { append_canonical(at(name), text); }
    void add(std::string_view name, std::int64_t number) {
        std::array<char, 24> buffer{};
        at(name).append(buffer.data(),
                        std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr);
    }
    void add(std::string_view name, const Uuid& id) {
        if (id.is_nil())
            at(name) += "null";
        else
            add(name, std::string_view(id.text()));
    }
    void add(std::string_view name, Timestamp at) { add(name, std::string_view(iso8601(at))); }
    void add(std::string_view name, const char* text) { add(name, std::string_view(text)); }

  private:
    std::string& m_out;
    bool m_first = true;
};

/// The same bytes as the canonical form of to_json(record) (record.h).
void append_record(std::string& out, const Record& r) {
    Members all(out);
    all.add("created_at", r.created_at);
    if (r.deleted) all.at("deleted") += "true";
    if (r.erased) all.at("erased") += "true";
    append_canonical(all.at("fields"), r.fields);
    if (r.geometry)
        append_canonical(all.at("geometry"), to_json(*r.geometry));
    else
        all.at("geometry") += "null";
    all.add("id", std::string_view(r.id.text()));
    all.add("kind", r.kind);
    all.add("revision", r.revision);
    Members scope(all.at("scope"));
    scope.add("enterprise", r.scope.enterprise);
    scope.add("grid", r.scope.grid);
    scope.add("organisation", r.scope.organisation);
    scope.close();
    all.add("sequence", r.sequence);
    all.add("space", r.space);
    all.add("state", r.state);
    all.add("updated_at", r.updated_at);
    all.add("valid_from", r.valid_from);
    if (r.valid_to)
        all.add("valid_to", *r.valid_to);
    else
        all.at("valid_to") += "null";
    all.add("zone", r.zone);
    all.close();
}

/// Written, not built and then written: of all that an entry costs this was the most.
std::string payload_of(const Entry& entry) {
    std::string out;
    out.reserve(1024);
    Members all(out);
    append_record(all.at("after"), entry.after);
    append_canonical(all.at("before"), entry.before);
    all.add("reason", entry.reason);
    all.close();
    return out;
}

/// The header, version 1, as canonical JSON. Read back from columns by verify_journal.
std::string header_of(const Entry& e) {
    std::string out;
    out.reserve(512);
    Members all(out);
    all.add("action", name_of(e.action));
    all.add("actor", e.author.name);
    all.add("at", e.at.ms);
    all.add("catalog", e.catalog_version);
    all.add("kind", e.after.kind);
    all.add("move", e.move);
    all.add("origin", e.author.origin);
    all.add("record", std::string_view(e.after.id.text()));
    all.add("request", e.request_id);
    all.add("revision", e.after.revision);
    all.add("sequence", e.sequence);
    all.add("space", e.after.space);
    all.add("user", e.author.user.is_nil() ? std::string() : e.author.user.text());
    all.add("v", std::int64_t{1});
    all.add("zone", e.after.zone);
    all.close();
    return out;
}

std::string link(const std::string& previous, const std::string& header,
                 const std::string& payload_hash) {
    return hex(sm3(previous + "\n" + header + "\n" + payload_hash));
}

/// Everything of an entry but its payload.
Entry read_header(const sqlite::Statement& row) {
    Entry e;
    e.sequence = row.integer(0);
    e.at = row.time(1);
    e.author = {row.uuid(2), std::string(row.text(3)), std::string(row.text(4))};
    e.action = action_of(row.text(5));
    e.move = row.text(6);
    e.after.kind = row.text(7);
    e.after.id = row.uuid(8);
    e.after.zone = row.text(9);
    e.after.space = row.text(10);
    e.after.revision = row.integer(11);
    e.catalog_version = row.text(12);
    e.request_id = row.text(13);
    return e;
}

/// Empty when the row follows; else what is wrong with it.
std::string_view fault_of(const sqlite::Statement& row, const ChainHead& head) {
    if (row.integer(0) != head.sequence + 1) return "entry missing";
    const std::string payload_hash(row.text(16));
    if (row.is_null(14) && row.is_null(15)) return "payload missing";
    if (!row.is_null(14) && hex(sm3(row.text(14))) != payload_hash) return "payload altered";
    const Entry entry = read_header(row);
    // A name that is none would be read as another one; ids likewise.
    if (name_of(entry.action) != row.text(5) || entry.after.id.text() != row.text(8))
        return "header altered";
    if (!row.is_null(2) && entry.author.user.text() != row.text(2)) return "header altered";
    if (link(head.hash, header_of(entry), payload_hash) != row.text(17))
        return "header or hash altered";
    return {};
}

}  // namespace

std::string_view name_of(Action a) {
    return k_actions[static_cast<std::size_t>(a)];
}

json::object to_json(const Entry& entry) {
    json::object out{{"sequence", entry.sequence},
                     {"at", iso8601(entry.at)},
                     {"action", name_of(entry.action)},
                     {"actor", entry.author.name},
                     {"user", entry.author.user.is_nil() ? json::value(nullptr)
                                                         : json::value(entry.author.user.text())},
                     {"origin", entry.author.origin},
                     {"record", to_json(entry.after)},
                     {"before", entry.before}};
    if (!entry.move.empty()) out["move"] = entry.move;
    if (!entry.reason.empty()) out["reason"] = entry.reason;
    if (!entry.request_id.empty()) out["request"] = entry.request_id;
    return out;
}

ChainHead load_head(sqlite::Connection& connection) {
    auto row =
        connection.prepare("SELECT sequence, hash FROM journal ORDER BY sequence DESC LIMIT 1");
    if (!row.step()) return {};
    return {row.integer(0), std::string(row.text(1))};
}

void store_head(sqlite::Connection& connection, const ChainHead& head) {
    connection.run(
        "INSERT INTO meta VALUES ('journal_head', ?) ON CONFLICT (key) DO UPDATE SET value = "
        "excluded.value",
        std::to_string(head.sequence) + " " + head.hash);
}

void append_entry(sqlite::Connection& connection, ChainHead& head, const Entry& entry) {
    ASSERT(entry.sequence == head.sequence + 1);
    const auto payload = payload_of(entry);
    const auto payload_hash = hex(sm3(payload));
    head.hash = link(head.hash, header_of(entry), payload_hash);
    head.sequence = entry.sequence;
    connection.run(
        "INSERT INTO journal (sequence, at, user, actor, origin, action, move, kind, record, zone, "
        "space, "
        "revision, catalog, request, payload, payload_hash, hash) VALUES "
        "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        entry.sequence, entry.at, entry.author.user, entry.author.name, entry.author.origin,
        name_of(entry.action), entry.move, entry.after.kind, entry.after.id, entry.after.zone,
        entry.after.space, entry.after.revision, entry.catalog_version, entry.request_id, payload,
        payload_hash, head.hash);
}

Entry read_entry(const sqlite::Statement& row) {
    Entry e = read_header(row);
    if (!row.is_null(14)) {
        const auto payload = stored_json(row.text(14));
        if (const auto* o = payload.if_object()) {
            if (auto after = record_from_json(object_at(*o, "after"))) e.after = std::move(*after);
            e.before = object_at(*o, "before");
            e.reason = text_at(*o, "reason");
        }
    } else {
        e.after.erased = true;
    }
    e.after.sequence = e.sequence;
    return e;
}

Result<Verdict> verify_journal(const std::filesystem::path& database,
                               const std::function<bool(std::int64_t)>& progress) {
    constexpr std::int64_t k_progress_entries = 1000;
    return sqlite::at_door([&]() -> Result<Verdict> {
        sqlite::Connection connection(database, sqlite::Mode::read_only);
        connection.run("BEGIN");  // One snapshot for head and chain, while the store may be in use.
        Verdict out;
        ChainHead head;
        auto row =
            connection.prepare("SELECT " + std::string(k_entry_columns) +
                               ", erased_at, payload_hash, hash FROM journal ORDER BY sequence");
        while (row.step()) {
            if (const auto fault = fault_of(row, head); !fault.empty()) {
                out.broken_at = head.sequence + 1;
                out.what = fault;
                out.head = head.hash;
                return out;
            }
            head = {row.integer(0), std::string(row.text(17))};
            if (++out.entries % k_progress_entries == 0 && progress && !progress(out.entries)) {
                out.stopped = true;
                break;
            }
        }
        out.head = head.hash;
        if (out.stopped) return out;
        auto kept = connection.prepare("SELECT value FROM meta WHERE key = 'journal_head'");
        const bool any = kept.step();
        if (any ? kept.text(0) != std::to_string(head.sequence) + " " + head.hash
                : head.sequence != 0) {
            out.broken_at = head.sequence + 1;
            out.what = "entry missing";
        }
        return out;
    });
}

}  // namespace anlan::bigdata
