#include "center/commands.h"

#include "center/check.h"
#include "center/data_folder.h"
#include "center/errors.h"
#include "center/log.h"
#include "center/program.h"
#include "center/qr_code.h"
#include "center/tls_keeper.h"
#include "center/zone_import.h"
#include "foundations/bigdata/errors.h"

#include <algorithm>
#include <csignal>
#include <iostream>

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace anlan::center {
namespace {

json::object error_json(const Error& error, Language language) {
    json::array fields;
    for (const auto& field : error.fields) {
        fields.push_back(json::object{{"where", field.where},
                                      {"id", field.row->id},
                                      {"text", text_of(*field.row, field.parameters, language)}});
    }
    return {{"error", error.row->id},
            {"text", text_of(*error.row, error.parameters, language)},
            {"errors", std::move(fields)}};
}

json::object check_json(const CheckReport& report, Language language) {
    json::array problems;
    for (const auto& problem : report.problems) problems.push_back(error_json(problem, language));
    json::object out{{"good", report.good()},
                     {"catalog", report.catalog_version},
                     {"records", report.records},
                     {"problems", std::move(problems)}};
    if (!report.migrations) return out;
    json::array migrations;
    for (const auto& each : *report.migrations) {
        migrations.push_back(json::object{{"number", each.number},
                                          {"title", {{"zh", each.title.zh}, {"en", each.title.en}}},
                                          {"rows", each.rows}});
    }
    out["migrations"] = std::move(migrations);
    return out;
}

void announce(const Program::Announcement& a) {
    std::cout << "\n安澜 Anlan " << ANLAN_VERSION << "  " << a.address << "  (" << a.started_in_ms
              << " ms)\n设备端口 Ports for devices (实况/演练 live/exercises):";
    for (const auto& each : a.gateways)
        std::cout << "  " << each.title << ' ' << each.port << '/' << each.exercise_port;
    std::cout << "\n";
    if (!a.secure_address.empty()) std::cout << "HTTPS: " << a.secure_address << "\n";
    if (!a.phone_address.empty()) {
        std::cout << "\n手机扫码接入 Phones, scan: " << a.phone_address << "\n";
        if (const auto qr = QrCode::of(a.phone_address); qr && isatty(STDOUT_FILENO) != 0)
            std::cout << qr->terminal();
        std::cout << "根证书指纹 root fingerprint SHA-256\n  " << a.root_sha256 << "\n";
    }
    if (!a.passwords.empty()) {
        std::cout << "\n三位管理员的口令，只显示这一次，请分交三人保管。\n"
                     "Passwords of the three administrators, shown this once; give each to its own "
                     "person.\n";
        for (const auto& each : a.passwords) {
            std::cout << "  " << each.account << "  " << each.password << "  " << each.title.zh
                      << " " << each.title.en << "\n";
        }
    }
    if (!a.links.empty()) {
        std::cout << "\n演示入口（24 小时内一次有效；再要一个：anlan user link <账号>）\n"
                     "Entrances of the demonstration (valid once, for 24 hours; another: anlan "
                     "user link <account>)\n";
        for (const auto& each : a.links) {
            std::cout << "  " << each.title.zh << " " << each.title.en << " " << each.name.zh << " "
                      << each.name.en << "\n    " << a.address << "/enter#" << each.secret << "\n";
        }
    }
    std::cout << std::endl;
}

json::object facts_of(const CertificateFacts& facts) {
    json::array names;
    for (const auto& each : facts.names.names) names.emplace_back(each);
    for (const auto& each : facts.names.addresses) names.emplace_back(each);
    return {{"subject", facts.subject},
            {"names", std::move(names)},
            {"valid_from", iso8601(facts.valid_from)},
            {"valid_to", iso8601(facts.valid_to)},
            {"sha256", facts.sha256}};
}

Result<json::object> do_certificate(const TlsOptions& options, const CertificateCommand& command) {
    if (command.action == "init") {
        TRY(init_authority(options, command.replace ? Replace::yes : Replace::no));
        TRY(issue_server(options));
    } else if (command.action != "show") {
        TRY(issue_server(options));
    }
    json::object out;
    if (options.certificate.empty()) {
        TRY_ASSIGN(root, authority_facts(options));
        out.emplace("authority", facts_of(root));
    }
    TRY_ASSIGN(server, server_facts(options));
    out.emplace("server", facts_of(server));
    return out;
}

/// As many connections as the machine allows: a shell's usual 1,024 would be a small zone's
/// devices.
void open_files_max() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        log(LogLevel::warning, "the limit of open files stays at " +
                                   std::to_string(limit.rlim_cur) + ": few devices can connect");
}

}  // namespace

int failed(const Error& error, const Output& output) {
    if (output.json)
        std::cout << to_text(error_json(error, output.language)) << '\n';
    else
        std::cerr << text_of(error, output.language) << '\n';
    return 1;
}

int serve(const Configuration& configuration, const Output& output) {
    start_log(configuration.log_level, configuration.log_json ? LogForm::json : LogForm::text);
    // Blocked before any thread, so that only sigwait() below sees them; a broken pipe is an error
    // code.
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    open_files_max();
    // A limit on the size of files is met like a full disk, which it is to whoever writes.
    std::signal(SIGXFSZ, SIG_IGN);
    auto program = Program::start(configuration);
    if (!program) return failed(program.error(), output);
    announce((*program)->announcement());
    int signal = 0;
    sigwait(&ends, &signal);
    log(LogLevel::info, "stopping");
    (*program)->stop();
    return 0;
}

int print_openapi(const Configuration& configuration, const Output& output) {
    start_log(LogLevel::warning);
    const auto text = Program::openapi(configuration);
    if (!text) return failed(text.error(), output);
    std::cout << *text << '\n';
    return 0;
}

int verify_journal(const Configuration& configuration, const Output& output) {
    const auto verdict = bigdata::verify_journal(configuration.data / "register.db");
    if (!verdict) return failed(verdict.error(), output);
    const bool whole = !verdict->broken_at.has_value();
    if (output.json) {
        json::object out{{"entries", verdict->entries}, {"head", verdict->head}, {"whole", whole}};
        if (!whole) out["broken_at"] = *verdict->broken_at;
        if (!whole) out["what"] = verdict->what;
        std::cout << to_text(out) << '\n';
    } else if (whole) {
        std::cout << "日志完整 The journal is whole: " << verdict->entries << " 条 entries, SM3 "
                  << verdict->head << '\n';
    } else {
        std::cout << "日志在第 " << *verdict->broken_at << " 条断开 The journal breaks at entry "
                  << *verdict->broken_at << ": " << verdict->what << '\n';
    }
    return whole ? 0 : 1;
}

int check(const Configuration& given, const std::filesystem::path& store, const Output& output) {
    Configuration configuration = given;
    fill_shipped(configuration);
    const auto report = check_all(configuration, store);
    if (output.json) {
        std::cout << to_text(check_json(report, output.language)) << '\n';
        return report.good() ? 0 : 1;
    }
    for (const auto& problem : report.problems)
        std::cerr << text_of(problem, output.language) << '\n';
    if (report.migrations) {
        for (const auto& each : *report.migrations)
            std::cout << "启动时将执行迁移 A start would migrate: " << each.number << " "
                      << each.title.zh << " " << each.title.en << " (" << each.rows
                      << " 个值 values)\n";
        if (report.migrations->empty())
            std::cout << "数据库合用，无须迁移 The store fits, nothing to migrate\n";
    }
    if (!report.good()) return 1;
    std::cout << "目录、设置与数据无误 Catalog, settings and data are good: " << report.records
              << " 条记录 records\n";
    return 0;
}

int import_files(const Configuration& given, const std::vector<std::string>& files,
                 const Output& output) {
    Configuration configuration = given;
    fill_shipped(configuration);
    start_log(LogLevel::warning);
    std::vector<std::filesystem::path> paths(files.begin(), files.end());
    const auto done = Program::import(configuration, paths);
    if (!done) return failed(done.error(), output);
    if (output.json) {
        std::cout << to_text(json::object{{"created", done->created},
                                          {"updated", done->updated},
                                          {"unchanged", done->unchanged}})
                  << '\n';
    } else {
        std::cout << "新建 created " << done->created << "，更新 updated " << done->updated
                  << "，未变 unchanged " << done->unchanged << '\n';
    }
    if (done->problems.empty()) return 0;
    return failed(Error(errors::k_bad_lines, {{"count", std::to_string(done->problems.size())}},
                        done->problems),
                  output);
}

int certificate(const Configuration& configuration, const CertificateCommand& command,
                const Output& output) {
    const SystemClock clock;
    const auto secrets = configuration.data / "secrets";
    std::error_code error;
    std::filesystem::create_directories(secrets, error);
    std::filesystem::permissions(secrets, std::filesystem::perms::owner_all, error);
    const auto done = do_certificate({.secrets = secrets,
                                      .certificate = configuration.certificate,
                                      .key = configuration.certificate_key,
                                      .names = local_names(),
                                      .required = configuration.names,
                                      .clock = &clock},
                                     command);
    if (!done) return failed(done.error(), output);
    if (output.json) {
        std::cout << to_text(*done) << '\n';
        return 0;
    }
    for (const auto& [what, facts] : *done) {
        const auto& each = facts.get_object();
        std::cout << (what == "server" ? "服务器证书 server certificate" : "根证书 root") << "  "
                  << text_at(each, "subject") << "\n  " << text_at(each, "valid_from") << " – "
                  << text_at(each, "valid_to") << "\n  SHA-256 " << text_at(each, "sha256") << '\n';
        for (const auto& name : array_at(each, "names"))
            std::cout << "  " << std::string_view(name.get_string()) << '\n';
    }
    return 0;
}

}  // namespace anlan::center
