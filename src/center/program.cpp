#include "center/program.h"

#include "center/access_settings.h"
#include "center/account_routes.h"
#include "center/applications.h"
#include "center/backup_commands.h"
#include "center/children.h"
#include "center/data_folder.h"
#include "center/data_routes.h"
#include "center/demonstration.h"
#include "center/errors.h"
#include "center/export_routes.h"
#include "center/files/file_routes.h"
#include "center/gateway_doors.h"
#include "center/health_errors.h"
#include "center/health_routes.h"
#include "center/import_routes.h"
#include "center/lake_settings.h"
#include "center/live_feed.h"
#include "center/log.h"
#include "center/openapi.h"
#include "center/proof_desk.h"
#include "center/record_routes.h"
#include "center/search_routes.h"
#include "center/sensorthings/routes.h"
#include "center/service.h"
#include "center/session_routes.h"
#include "center/system_routes.h"
#include "center/tls_keeper.h"
#include "center/zone_import.h"
#include "center/zone_routes.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/heads.h"
#include "foundations/bigdata/separation.h"
#include "foundations/sensing/command_desk.h"
#include "foundations/sensing/gateways/http_json/gateway.h"
#include "foundations/sensing/gateways/json_push/decoder.h"
#include "foundations/sensing/gateways/line_protocol/gateway.h"
#include "foundations/sensing/gateways/sensorthings/gateway.h"
#include "map/map_index.h"

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

namespace anlan::center {
namespace {

using sensing::Door;

/// 5 → "0.005"
std::string seconds_text(int ms) {
    std::string out = std::to_string(ms / 1000) + '.' + std::to_string(1000 + ms % 1000).substr(1);
    while (out.ends_with('0') && !out.ends_with(".0")) out.pop_back();
    return out;
}

/// Members in the order of the start; their destruction is the stop's end.
class House final : public Program {
  public:
    House(Configuration configuration, DataFolder folder, bigdata::Catalog catalog)
        : m_configuration(std::move(configuration)),
          m_folder(std::move(folder)),
          m_catalog(std::move(catalog)) {}
    ~House() override { stop(); }

    Result<void> open();
    /// Everything but accounts, gateways, server and simulators: nobody can reach it.
    Result<std::string> describe();
    [[nodiscard]] const Announcement& announcement() const override { return m_announcement; }
    void stop() override;

  private:
    [[nodiscard]] CenterContext context();
    Result<void> open_stores();
    Result<void> open_imports();
    Result<void> load_zone();
    Result<void> make_accounts();
    Result<void> open_working_parts();
    void wire();
    Result<void> open_commands();
    Result<void> open_gateways();
    Result<void> open_tls();
    Result<void> open_server();
    void announce_doors();
    void refresh_tls();
    RouteRows routes();
    RouteRows zone_rows();
    Result<void> check_space(const Principal& who, std::string_view space) const;
    Result<void> start_simulator(Uuid exercise, const json::object& script);
    void start_alive();
    [[nodiscard]] Result<void> ready() const;
    std::vector<Figure> figures() const;
    void tick();
    void purge_audit();

    const Configuration m_configuration;
    DataFolder m_folder;
    const bigdata::Catalog m_catalog;
    SystemClock m_clock;
    SystemRandom m_random;
    IdSource m_ids{m_clock, m_random};
    bigdata::Access m_access{m_catalog};
    std::unique_ptr<bigdata::Register> m_records;
    std::unique_ptr<bigdata::exchange::Desk> m_imports;
    std::unique_ptr<bigdata::Accounts> m_accounts;
    std::unique_ptr<bigdata::Lake> m_lake;
    std::unique_ptr<sensing::Hub> m_hub;
    std::unique_ptr<map::MapIndex> m_map;
    std::unique_ptr<Children> m_children;
    std::unique_ptr<Applications> m_applications;
    std::unique_ptr<FileStore> m_attachments;
    std::unique_ptr<LiveFeed> m_feed;
    std::unique_ptr<ProofDesk> m_proof;
    std::unique_ptr<bigdata::HeadKeeper> m_heads;
    std::unique_ptr<bigdata::Register::Subscription> m_subscription;
    GatewayDoors m_doors;
    std::unique_ptr<sensing::CommandDesk> m_commands;  // Uses the doors.
    StaticFiles m_files;
    std::unique_ptr<TlsKeeper> m_tls;
    std::unique_ptr<PhoneDoor> m_phones;
    RateLimit m_account_rate{m_configuration.requests_per_second_max / 2,
                             m_configuration.requests_per_second_max};
    std::unique_ptr<Router> m_router;
    std::unique_ptr<Service> m_service;
    std::unique_ptr<Server> m_server;
    std::unique_ptr<BackupDesk> m_backups;
    std::unique_ptr<ControlDoor> m_control;
    std::mutex m_tick_mutex;
    std::condition_variable m_tick_end;
    bool m_stopping = false;
    SteadyTime m_purge_at{};
    std::thread m_tick;
    Announcement m_announcement;
};

CenterContext House::context() {
    return {.records = *m_records,
            .accounts = *m_accounts,
            .lake = *m_lake,
            .hub = *m_hub,
            .catalog = m_catalog,
            .access = m_access,
            .clock = m_clock,
            .zone = m_configuration.zone,
            .version = ANLAN_VERSION,
            .secure_cookie = m_configuration.behind_tls};
}

Result<void> House::open_stores() {
    TRY_ASSIGN(records, bigdata::Register::open({.database = m_folder.register_file(),
                                                 .catalog = &m_catalog,
                                                 .clock = &m_clock,
                                                 .ids = &m_ids}));
    m_records = std::move(records);
    TRY(open_imports());
    bigdata::Accounts::Options accounts_options;
    accounts_options.database = m_folder.accounts_file();
    accounts_options.clock = &m_clock;
    accounts_options.random = &m_random;
    accounts_options.ids = &m_ids;
    TRY(bigdata::check_offices(m_catalog));
    TRY(read_access_settings(m_configuration.catalog / "settings/access.yaml", accounts_options));
    TRY_ASSIGN(accounts, bigdata::Accounts::open(std::move(accounts_options)));
    m_accounts = std::move(accounts);
    bigdata::Lake::Options lake_options;
    lake_options.folder = m_folder.lake();
    lake_options.clock = &m_clock;
    TRY_ASSIGN(retention, read_lake_settings(m_configuration.catalog / "settings/lake.yaml",
                                             m_folder.lake_archive()));
    lake_options.retention = std::move(retention);
    TRY_ASSIGN(lake, bigdata::Lake::open(std::move(lake_options)));
    m_lake = std::move(lake);
    return {};
}

Result<void> House::open_imports() {
    bigdata::exchange::Desk::Options options;
    options.records = m_records.get();
    options.imports = m_records->imports();
    options.access = &m_access;
    options.catalog = &m_catalog;
    options.clock = &m_clock;
    options.ids = &m_ids;
    options.folder = m_folder.imports();
    options.report = [](const std::string& what) { log(LogLevel::warning, what); };
    TRY_ASSIGN(desk, bigdata::exchange::Desk::open(std::move(options)));
    m_imports = std::move(desk);
    return {};
}

Result<void> House::load_zone() {
    if (m_records->last_sequence() > 0) return {};
    ZoneImport import(*m_records, m_catalog, m_configuration.zone);
    std::error_code error;
    for (const auto& path : {m_configuration.substances, m_configuration.zone_data / "records"}) {
        if (std::filesystem::exists(path, error))
            TRY(import.read(path));
        else
            log(LogLevel::warning, path.string() + " is missing: the register starts without it");
    }
    TRY_ASSIGN(done, import.write({Uuid{}, "anlan", "import"}));
    log(LogLevel::info, "zone loaded: " + std::to_string(done.created) + " records, " +
                            std::to_string(done.problems.size()) + " problems");
    for (const auto& problem : done.problems) {
        log(LogLevel::warning,
            problem.where + ": " + text_of(*problem.row, problem.parameters, Language::en));
    }
    return {};
}

Result<void> House::make_accounts() {
    TRY_ASSIGN(passwords, make_administrators(*m_accounts, m_random, m_configuration.zone));
    m_announcement.passwords = std::move(passwords);
    if (!m_configuration.demonstration) return close_demonstration(*m_accounts);
    auto context_now = context();
    TRY_ASSIGN(links,
               open_demonstration(context_now, m_configuration.zone_data / "demonstration.yaml"));
    m_announcement.links = std::move(links);
    return {};
}

Result<void> House::open_working_parts() {
    sensing::Hub::Options hub_options;
    hub_options.records = m_records.get();
    hub_options.lake = m_lake.get();
    hub_options.clock = &m_clock;
    hub_options.zone = m_configuration.zone;
    hub_options.report = [](const Error& error) { log("sensing", error); };
    TRY_ASSIGN(hub, sensing::Hub::create(std::move(hub_options)));
    m_hub = std::move(hub);
    map::MapIndex::Options map_options;
    map_options.records = m_records.get();
    map_options.catalog = &m_catalog;
    map_options.access = &m_access;
    map_options.zone = m_configuration.zone;
    map_options.base_folder = m_configuration.zone_data;
    TRY_ASSIGN(index, map::MapIndex::open(std::move(map_options)));
    m_map = std::move(index);
    m_children = std::make_unique<Children>([](const std::string& name, const std::string& what) {
        log(LogLevel::warning, "child=" + name + " " + what);
    });
    const apps::Context apps_context{.records = *m_records,
                                     .lake = *m_lake,
                                     .catalog = m_catalog,
                                     .access = m_access,
                                     .hub = *m_hub,
                                     .clock = m_clock,
                                     .ids = m_ids,
                                     .zone = m_configuration.zone};
    Applications::Simulator simulator{
        .start = [this](Uuid exercise,
                        const json::object& script) { return start_simulator(exercise, script); },
        .stop = [this](Uuid exercise) { m_children->stop("exercise-" + exercise.text()); }};
    TRY_ASSIGN(applications,
               Applications::create(apps_context, m_configuration, std::move(simulator)));
    m_applications = std::move(applications);
    m_backups = std::make_unique<BackupDesk>(
        m_configuration.backup,
        m_folder.source(*m_lake, m_clock, ANLAN_VERSION, m_catalog.version()));
    m_heads = std::make_unique<bigdata::HeadKeeper>(
        m_folder.register_file(), m_folder.register_file().parent_path() / "heads", m_clock);
    TRY_ASSIGN(rules, FileRules::load(m_configuration.catalog / "settings" / "attachments.yaml"));
    TRY_ASSIGN(attachments, FileStore::open({.folder = m_folder.files(),
                                             .rules = rules,
                                             .catalog = &m_catalog,
                                             .access = &m_access,
                                             .records = m_records.get(),
                                             .clock = &m_clock}));
    m_attachments = std::move(attachments);
    LiveFeed::Options feed_options;
    feed_options.check_space = [this](const Principal& who, std::string_view space) {
        return check_space(who, space);
    };
    m_feed = std::make_unique<LiveFeed>(context(), std::move(feed_options));
    m_proof = std::make_unique<ProofDesk>(m_folder.register_file(), m_clock,
                                          [this] { return m_records->last_sequence(); });
    return {};
}

/// From here on everybody hears. Screens first, so that nothing an application computes delays
/// them.
void House::wire() {
    m_accounts->on_end([this](const std::string& handle) { m_feed->on_session_end(handle); });
    m_hub->listen([this](std::span<const sensing::Heard> heard) {
        m_applications->on_observations(heard);
        m_feed->on_observations(heard);
    });
}

Result<void> House::open() {
    const SteadyTime began = m_clock.steady();
    TRY(open_stores());
    TRY(load_zone());
    // Before the hub reads the devices: with their tokens, or without.
    TRY(set_demonstration_tokens(*m_records, m_configuration.zone,
                                 m_configuration.demonstration ? Tokens::set : Tokens::taken_away));
    TRY(open_working_parts());
    TRY(make_accounts());
    wire();
    const std::int64_t since = m_records->last_sequence();
    TRY(m_applications->start());
    TRY(open_commands());
    m_feed->start(since);
    m_subscription = m_records->listen(since, [this](const bigdata::Entry& entry) {
        m_hub->on_entry(entry);
        m_map->on_entry(entry);
        m_feed->on_entry(entry);
        m_attachments->on_entry(entry);
        m_commands->on_entry(entry);
        m_applications->on_entry(entry);
    });
    // Gateways and HTTP need one another's ports before an exercise that was interrupted goes on.
    TRY(open_tls());
    TRY(open_gateways());
    m_commands->run();
    TRY(open_server());
    TRY(m_backups->start());
    TRY_ASSIGN(control, ControlDoor::open(m_configuration.data, control_handler(*m_backups)));
    m_control = std::move(control);
    m_tick = std::thread([this] { tick(); });
    if (m_configuration.demonstration && m_configuration.simulator) start_alive();
    m_announcement.started_in_ms = (m_clock.steady() - began) / 1000;
    return {};
}

Result<std::string> House::describe() {
    TRY(open_stores());
    TRY(open_working_parts());
    for (const auto& row : routes()) {
        if (row.path != "/api/v1/openapi.json") continue;
        const Principal nobody;
        const Call call{
            .who = nobody, .space = std::string(bigdata::k_live), .language = Language::zh};
        TRY_ASSIGN(reply, row.handler(call, nullptr));
        return to_text(std::get<json::value>(reply.body));
    }
    return fail(errors::k_internal, {{"what", "no OpenAPI route"}});
}

/// Takes up what the last run left; nothing is sent before the gateways are open.
Result<void> House::open_commands() {
    m_commands = std::make_unique<sensing::CommandDesk>(sensing::CommandDesk::Options{
        .records = m_records.get(),
        .clock = &m_clock,
        .zone = m_configuration.zone,
        .gateway = [this](std::string_view protocol,
                          Door door) { return m_doors.gateway(protocol, door); },
        .report = [](const Error& error) { log("commands", error); }});
    return m_commands->start();
}

Result<void> House::open_gateways() {
    GatewayDoors::Options options{
        .hub = m_hub.get(), .clock = &m_clock, .configuration = &m_configuration, .new_tls = {}};
    if (m_tls) options.new_tls = [this] { return m_tls->new_tls(); };
    TRY_ASSIGN(doors, GatewayDoors::open(options));
    m_doors = std::move(doors);
    return {};
}

Result<void> House::check_space(const Principal& who, std::string_view space) const {
    if (space == bigdata::k_live) return {};
    const auto id = Uuid::parse(space);
    const bigdata::View live{who.zone, std::string(bigdata::k_live),
                             bigdata::RowFilter::everything()};
    if (!id || id->text() != space || !m_records->get(live, "exercise", *id))
        return fail(errors::k_no_such_space);
    return {};
}

/// What knows one zone only.
RouteRows House::zone_rows() {
    RouteRows all = observation_routes(context());
    const sensing::HttpDoor door{.hub = m_hub.get(),
                                 .clock = &m_clock,
                                 .records = m_records.get(),
                                 .zone = m_configuration.zone};
    for (auto& rows : {sensing::http_json::routes(door), sensing::json_push::routes(door),
                       sensing::line_protocol::routes(door), sensing::sensorthings::routes(door),
                       sensorthings::routes(context()), m_map->routes(), m_applications->routes()})
        all.insert(all.end(), rows.begin(), rows.end());
    return all;
}

RouteRows House::routes() {
    const auto openapi = std::make_shared<json::object>();
    RouteRows all;
    const auto add = [&all](RouteRows rows) {
        for (auto& row : rows) all.push_back(std::move(row));
    };
    add(session_routes(context()));
    add(own_routes(context(), m_random));
    add(account_routes(context(), m_random));
    add(audit_routes(context(), m_random));
    add(catalog_routes(context()));
    add(record_routes(context()));
    add(search_routes(context()));
    add(privacy_routes(context(), m_folder.register_file()));
    add(journal_routes(context()));
    add(m_proof->routes());
    add(m_backups->routes());
    add(export_routes(context()));
    add(import_routes(*m_imports));
    add(m_doors.routes(m_configuration.gateway_address));
    add(by_zone({{m_configuration.zone, zone_rows()}}));
    add(system_routes({.figures = [this] { return figures(); },
                       .data = m_folder.register_file().parent_path(),
                       .clock = &m_clock,
                       .version = ANLAN_VERSION,
                       .catalog_version = m_catalog.version()}));
    add(file_routes(*m_attachments));
    add(openapi_routes(openapi));
    add(health_routes({.figures = [this] { return figures(); },
                       .ready = [this] { return ready(); },
                       .metrics_for_all = m_configuration.metrics_for_all,
                       .metrics_token = m_configuration.metrics_token}));
    *openapi = openapi_of(all, m_catalog, ANLAN_VERSION);
    return all;
}

Result<void> House::open_tls() {
    if (!m_configuration.https || m_configuration.behind_tls) return {};
    TRY_ASSIGN(keeper, TlsKeeper::open({.secrets = m_folder.secrets(),
                                        .certificate = m_configuration.certificate,
                                        .key = m_configuration.certificate_key,
                                        .names = local_names(),
                                        .required = m_configuration.names,
                                        .clock = &m_clock}));
    m_tls = std::move(keeper);
    return {};
}

void House::announce_doors() {
    const auto& address = m_configuration.address;
    const bool anywhere = address == "0.0.0.0" || address == "::";
    const std::string host = anywhere                                 ? "127.0.0.1"
                             : address.find(':') == std::string::npos ? address
                                                                      : '[' + address + ']';
    m_announcement.address = "http://" + host + ':' + std::to_string(m_server->port());
    if (!m_tls) return;
    m_announcement.secure_address = "https://" + host + ':' + std::to_string(m_server->tls_port());
    if (const auto root = m_tls->authority(); root && anywhere) {
        m_announcement.root_sha256 = root->sha256;
        m_announcement.phone_address =
            address_for_phones({}, m_tls->facts().names, "http", m_server->port()) + "/phone";
    }
}

/// Once a minute: a certificate is renewed in time, or read again when somebody has changed it.
void House::refresh_tls() {
    const auto changed = m_tls->refresh(local_names());
    if (!changed)
        log("certificate", changed.error());
    else if (*changed)
        log(LogLevel::info, "certificate renewed, valid to " + iso8601(m_tls->facts().valid_to));
}

Result<void> House::open_server() {
    TRY_ASSIGN(files, StaticFiles::load(m_configuration.web));
    m_files = std::move(files);
    Router::Options options{
        .access = &m_access,
        .accounts = m_accounts.get(),
        .check_space = [this](const Principal& who,
                              std::string_view space) { return check_space(who, space); },
        .json = {},
        .rate = &m_account_rate,
        .clock = &m_clock};
    m_router = std::make_unique<Router>(std::move(options), routes());
    const bool loopback =
        m_configuration.address.starts_with("127.") || m_configuration.address == "::1";
    m_phones = std::make_unique<PhoneDoor>(m_tls.get(), loopback);
    m_service = std::make_unique<Service>(*m_router, m_files, *m_feed, *m_phones);
    ServerOptions server_options;
    server_options.address = m_configuration.address;
    server_options.port = m_configuration.http_port;
    server_options.tls_port = m_configuration.https_port;
    if (m_tls) server_options.new_tls = [this] { return m_tls->new_tls(); };
    server_options.body_folder = m_folder.temporary();
    server_options.worker_threads = m_configuration.worker_threads;
    server_options.requests_per_second_max = m_configuration.requests_per_second_max;
    TRY_ASSIGN(server, Server::start(std::move(server_options), m_service->handlers()));
    m_server = std::move(server);
    m_announcement.http_port = m_server->port();
    for (const auto& each : m_doors.listeners()) {
        m_announcement.gateways.push_back(
            {std::string(each.row->title), each.live->port(), each.exercise->port()});
    }
    m_phones->open({m_server->port(), m_server->tls_port()});
    announce_doors();
    return {};
}

void House::start_alive() {
    m_children->start("alive",
                      {"simulate", "--alive", "--zone-data", m_configuration.zone_data.string(),
                       "--http-port", std::to_string(m_announcement.http_port), "--gb26875-port",
                       std::to_string(m_doors.port("gb26875", Door::live))},
                      Children::Keep::alive);
}

Result<void> House::start_simulator(Uuid exercise, const json::object& script) {
    json::object whole = script;
    whole["server"] =
        json::object{{"http_port", m_server ? m_server->port() : m_configuration.http_port},
                     {"gb26875_port", m_doors.port("gb26875", Door::exercise)}};
    // The script holds the exercise's device tokens.
    const auto file = m_folder.secrets() / ("exercise-" + exercise.text() + ".json");
    TRY(write_secret(file, to_text(whole)));
    m_children->start("exercise-" + exercise.text(),
                      {"simulate", "--leak", "--exercise", file.string()}, Children::Keep::alive);
    return {};
}

/// Room to write, and a folder that takes it: what a register, a lake and uploads need alike.
Result<void> House::ready() const {
    constexpr std::uintmax_t k_room_bytes_min = 64 << 20;
    if (!m_server) return fail(errors::k_not_ready, {{"what", "启动中"}, {"what_en", "starting"}});
    std::error_code error;
    const auto space = std::filesystem::space(m_folder.temporary(), error);
    if (error || space.available < k_room_bytes_min) {
        return fail(errors::k_not_ready,
                    {{"what", "磁盘空间不足"}, {"what_en", "the disk is nearly full"}});
    }
    const auto file = BodyFile::create(m_folder.temporary());
    if (!file || !(*file)->append("x")) {
        return fail(errors::k_not_ready,
                    {{"what", "数据目录不可写"}, {"what_en", "the data folder cannot be written"}});
    }
    return {};
}

std::vector<Figure> House::figures() const {
    const auto& server = m_server->counters();
    const auto& service = m_service->counters();
    const auto number = [](const auto& value) { return static_cast<double>(value); };
    std::vector<Figure> out;
    for (std::size_t i = 1; i < service.by_class.size(); ++i) {
        out.push_back({"anlan_http_requests_total", "status=\"" + std::to_string(i) + "xx\"",
                       number(service.by_class[i].load()), "counter",
                       "Requests answered, by class of status"});
    }
    double below = 0;
    for (std::size_t i = 0; i < service.buckets.size(); ++i) {
        below += number(service.buckets[i].load());
        const bool last = i == k_bucket_bounds_ms.size();
        out.push_back({"anlan_http_request_seconds_bucket",
                       "le=\"" + (last ? "+Inf" : seconds_text(k_bucket_bounds_ms[i])) + '"', below,
                       "counter", "Requests by time taken"});
    }
    out.push_back({"anlan_http_request_seconds_total", "", number(service.took_us.load()) * 1e-6,
                   "counter", "Time spent on requests"});
    out.push_back({"anlan_http_connections", "", number(server.connections.load()), "gauge",
                   "Open connections"});
    out.push_back({"anlan_http_connections_refused_total", "",
                   number(server.connections_refused.load()), "counter", "Over the limit"});
    out.push_back({"anlan_http_refused_busy_total", "", number(server.refused_busy.load()),
                   "counter", "503: queue full"});
    out.push_back({"anlan_http_refused_rate_total", "", number(server.refused_rate.load()),
                   "counter", "429: too many from one peer"});
    out.push_back({"anlan_http_timeouts_total", "", number(server.timeouts.load()), "counter",
                   "Peers too slow"});
    out.push_back({"anlan_http_waiting", "", number(m_server->waiting()), "gauge",
                   "Requests waiting for a worker"});
    out.push_back({"anlan_tls_refused_total", "", number(server.tls_refused.load()), "counter",
                   "TLS handshakes that failed"});
    if (m_tls) {
        out.push_back({"anlan_certificate_seconds_left", "",
                       number(m_tls->facts().valid_to - m_clock.now()) * 1e-3, "gauge",
                       "Until the server's certificate ends"});
    }
    out.push_back({"anlan_files", "", number(m_attachments->count()), "gauge", "Attachments kept"});
    out.push_back({"anlan_files_bytes", "", number(m_attachments->bytes()), "gauge",
                   "Bytes of attachments kept"});
    out.push_back(
        {"anlan_live_clients", "", number(m_feed->clients()), "gauge", "Clients of the live feed"});
    out.push_back({"anlan_live_queue_longest", "", number(m_feed->longest_queue()), "gauge",
                   "Longest queue of a live client"});
    out.push_back({"anlan_journal_sequence", "", number(m_records->last_sequence()), "counter",
                   "Last journal entry"});
    for (auto& figure : m_doors.figures()) out.push_back(std::move(figure));
    for (auto& figure : m_applications->figures()) out.push_back(std::move(figure));
    out.push_back(
        {"anlan_children", "", number(m_children->running()), "gauge", "Simulators running"});
    for (auto& figure : m_backups->figures()) out.push_back(std::move(figure));
    return out;
}

/// Once a day, and once at the start.
void House::purge_audit() {
    constexpr std::int64_t k_day_us = 24LL * 3600 * 1'000'000;
    const SteadyTime now = m_clock.steady();
    if (m_purge_at > now) return;
    m_purge_at = {now.us + k_day_us};
    if (const auto gone = m_accounts->audit().purge(); !gone) log("audit", gone.error());
}

void House::tick() {
    int seconds = 0;
    std::unique_lock lock(m_tick_mutex);
    while (!m_tick_end.wait_for(lock, std::chrono::seconds(1), [&] { return m_stopping; })) {
        lock.unlock();
        try {
            m_accounts->sweep();
            purge_audit();
        } catch (const std::exception& exception) {
            log(LogLevel::error, std::string("sweep failed: ") + exception.what());
        }
        m_applications->tick(m_clock.now());
        ++seconds;
        if (m_tls && seconds % 60 == 0) refresh_tls();
        if (seconds % 600 == 0) {
            if (const auto gone = m_attachments->sweep(); gone > 0)
                log(LogLevel::info,
                    "files that no record refers to, removed: " + std::to_string(gone));
        }
        lock.lock();
    }
}

void House::stop() {
    {
        const std::lock_guard lock(m_tick_mutex);
        if (m_stopping) return;
        m_stopping = true;
    }
    m_tick_end.notify_all();
    m_control.reset();
    if (m_feed) m_feed->stop();
    if (m_server) m_server->stop(3);
    m_backups.reset();
    if (m_children) m_children->stop_all();
    if (m_commands) m_commands->stop();
    m_doors.close();
    if (m_tick.joinable()) m_tick.join();
    m_subscription.reset();
    if (m_applications) m_applications->stop();
}

/// A folder that is gone when this is.
class ThrowAwayFolder {
  public:
    ThrowAwayFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "anlan-XXXXXX").string();
        if (mkdtemp(pattern.data()) != nullptr) m_path = pattern;
    }
    ~ThrowAwayFolder() {
        std::error_code ignored;
        if (!m_path.empty()) std::filesystem::remove_all(m_path, ignored);
    }
    ThrowAwayFolder(const ThrowAwayFolder&) = delete;
    ThrowAwayFolder& operator=(const ThrowAwayFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }

  private:
    std::filesystem::path m_path;
};

Result<Imported> import_into(const std::filesystem::path& data, const Configuration& configuration,
                             const std::vector<std::filesystem::path>& files) {
    TRY_ASSIGN(catalog, bigdata::Catalog::load(configuration.catalog));
    TRY_ASSIGN(folder, DataFolder::open(data));
    const SystemClock clock;
    SystemRandom random;
    IdSource ids(clock, random);
    TRY_ASSIGN(records, bigdata::Register::open({.database = folder.register_file(),
                                                 .catalog = &catalog,
                                                 .clock = &clock,
                                                 .ids = &ids}));
    ZoneImport import(*records, catalog, configuration.zone);
    for (const auto& file : files) TRY(import.read(file));
    return import.write({Uuid{}, "anlan", "import"});
}

}  // namespace

Result<std::string> Program::openapi(Configuration configuration) {
    const ThrowAwayFolder away;
    configuration.data = away.path();
    fill_shipped(configuration);
    TRY_ASSIGN(catalog, bigdata::Catalog::load(configuration.catalog));
    TRY_ASSIGN(folder, DataFolder::open(configuration.data));
    House house(std::move(configuration), std::move(folder), std::move(catalog));
    return house.describe();
}

Result<std::size_t> Program::check(const Configuration& configuration) {
    const ThrowAwayFolder away;
    TRY_ASSIGN(done, import_into(away.path(), configuration,
                                 {configuration.substances, configuration.zone_data / "records"}));
    if (!done.problems.empty()) {
        return fail(errors::k_bad_lines, {{"count", std::to_string(done.problems.size())}},
                    std::move(done.problems));
    }
    return done.created;
}

Result<Imported> Program::import(const Configuration& configuration,
                                 const std::vector<std::filesystem::path>& files) {
    return import_into(configuration.data, configuration, files);
}

Result<std::unique_ptr<Program>> Program::start(Configuration configuration) {
    fill_shipped(configuration);
    TRY_ASSIGN(catalog, bigdata::Catalog::load(configuration.catalog));
    TRY_ASSIGN(folder, DataFolder::open(configuration.data));
    auto house =
        std::make_unique<House>(std::move(configuration), std::move(folder), std::move(catalog));
    TRY(house->open());
    return std::unique_ptr<Program>(std::move(house));
}

}  // namespace anlan::center
