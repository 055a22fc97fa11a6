// The program `anlan`: its command line. What a command does is in commands.cpp.
#include "center/backup_commands.h"
#include "center/commands.h"
#include "center/exchange_commands.h"
#include "center/files/thumbnail.h"
#include "center/journal_commands.h"
#include "foundations/sensing/decode.h"
#include "foundations/sensing/gateways/table.h"
#include "foundations/sensing/simulate/simulate.h"

#include <CLI/CLI.hpp>

#include <charconv>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>

namespace anlan::center {
namespace {

constexpr int k_done = 0, k_failed = 1, k_usage = 2;
constexpr const char* k_footer =
    "退出码 exit codes: 0 成功 done, 1 失败 refused or failed, 2 用法 wrong usage";

void add_place_options(CLI::App& app, Configuration& c) {
    app.add_option("--data", c.data, "数据目录 data folder")->capture_default_str();
    app.add_option("--catalog", c.catalog, "目录声明 catalog folder");
    app.add_option("--zone-data", c.zone_data, "园区数据 folder of the zone as shipped");
    app.add_option("--substances", c.substances, "物质库 file of substances");
}

/// "gb26875=5200/5201", "gb26875=5200", "gb26875=off". Wrong ones are CLI errors.
void set_ports(Configuration& c, const std::vector<std::string>& texts) {
    const auto number = [](std::string_view text) -> std::optional<std::uint16_t> {
        std::uint16_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
        return value;
    };
    for (const std::string& text : texts) {
        const std::string_view whole = text;
        const auto equals = whole.find('=');
        const auto name = whole.substr(0, equals);
        const auto* row = sensing::gateway_row(name);
        if (row == nullptr || row->start == nullptr || equals == whole.npos)
            throw CLI::ValidationError("--port", "没有这个协议 no such protocol: " + text);
        GatewayConfiguration& gateway = c.gateways[std::string(name)];
        const auto ports = whole.substr(equals + 1);
        gateway.listen = ports != "off";
        if (!gateway.listen) continue;
        const auto slash = ports.find('/');
        gateway.port = number(ports.substr(0, slash));
        if (slash != ports.npos) gateway.exercise_port = number(ports.substr(slash + 1));
        if (!gateway.port || (slash != ports.npos && !gateway.exercise_port))
            throw CLI::ValidationError("--port",
                                       "端口应为 0 到 65535 ports are 0 to 65535: " + text);
    }
}

void add_serve_options(CLI::App& app, Configuration& c) {
    app.add_option("--address", c.address, "HTTP 监听地址 address for HTTP")->capture_default_str();
    app.add_option("--http-port", c.http_port, "HTTP 端口 port")->capture_default_str();
    app.add_option("--https-port", c.https_port, "HTTPS 端口 port")->capture_default_str();
    app.add_flag("!--no-https", c.https, "不启用 HTTPS without HTTPS");
    app.add_option("--gateway-address", c.gateway_address, "网关监听地址 address for gateways")
        ->capture_default_str();
    app.add_option_function<std::vector<std::string>>(
           "--port", [&c](const std::vector<std::string>& texts) { set_ports(c, texts); },
           "设备协议的端口 ports of a protocol: gb26875=5200/5201 (实况/演练 live/exercises), off")
        ->allow_extra_args(false);
    app.add_flag("--any-ports", c.any_ports,
                 "未指定的设备端口任取空闲 gateways without --port take any free port");
    app.add_option("--web", c.web, "页面目录 folder of the built screens");
    app.add_flag("--demonstration", c.demonstration,
                 "演示：示例账号与模拟设备 illustrative accounts and simulated devices");
    app.add_flag("!--no-simulator", c.simulator,
                 "演示时不启动模拟设备 no simulated devices with the demonstration");
    app.add_flag("--log-json", c.log_json, "日志每行一个 JSON 对象 log as lines of JSON");
    app.add_flag("--behind-tls", c.behind_tls, "前有 TLS 代理 a proxy in front speaks TLS");
    app.add_flag(
        "--verbose", [&c](std::int64_t) { c.log_level = LogLevel::debug; },
        "记录每个请求 log every request");
}

void add_user_commands(CLI::App& app, UserCommand& command) {
    app.require_subcommand(1);
    const auto add = [&](const char* name, const char* text) {
        auto* sub = app.add_subcommand(name, text);
        sub->callback([&command, name] { command.action = name; });
        return sub;
    };
    add("list", "列出账号 list accounts");
    for (auto [name, text] : {std::pair{"create", "新建账号 create an account"},
                              {"link", "一次性登录链接 make a one-time link"},
                              {"password", "设置口令 set a password"},
                              {"disable", "停用并下线 disable, ending its sessions"},
                              {"enable", "启用 enable"},
                              {"unlock", "解除锁定 end a lock-out"},
                              {"roles", "授予角色与范围 give roles and whose rows"}}) {
        add(name, text)->add_option("account", command.account, "账号 account")->required();
    }
    auto* create = app.get_subcommand("create");
    create->add_option("--name", command.name, "姓名 name");
    create->add_option("--name-en", command.name_en, "英文姓名 name in English");
    create->add_option("--role", command.roles, "角色 role, repeatable")->required();
    auto* roles = app.get_subcommand("roles");
    roles->add_option("--role", command.roles, "角色 role, repeatable; none takes all away");
    roles->add_option("--grid", command.grid, "网格编号 id of the grid");
    roles->add_option("--enterprise", command.enterprise, "企业编号 id of the enterprise");
    roles->add_option("--organisation", command.organisation, "单位编号 id of the organisation");
    for (const char* name : {"create", "password"}) {
        app.get_subcommand(name)->add_flag("--generate", command.generate,
                                           "生成强口令并显示，首次登录须改 make a strong one, show "
                                           "it; it must be changed at the first sign-in");
    }
    app.get_subcommand("link")
        ->add_option("--hours", command.hours, "有效小时 hours it is valid")
        ->check(CLI::Range(0.01, 720.0));
}

void add_erase_options(CLI::App& app, EraseCommand& command) {
    app.add_option("--kind", command.kind, "种类 kind of the record")->required();
    app.add_option("--record", command.record, "记录编号 its id")->required();
    app.add_option("--reason", command.reason, "法律依据，入日志 legal ground, journalled")
        ->required();
    app.add_option("--by", command.by, "经办人 who does it")->required();
    app.add_option("--field", command.fields,
                   "字段，缺省为敏感字段 field, repeatable (default: the sensitive ones)");
}

void add_certificate_commands(CLI::App& app, Configuration& c, CertificateCommand& command) {
    app.require_subcommand(1);
    for (auto [name, text] :
         {std::pair{"init", "生成本地根证书 make the local root"},
          {"issue", "签发服务器证书 issue the server's certificate"},
          {"renew", "立即续签（运行中的服务自动换用）renew now; a running server takes it over"},
          {"show", "显示证书、指纹与期限 show certificates, fingerprints, expiry"}}) {
        auto* sub = app.add_subcommand(name, text);
        sub->callback([&command, name = name] { command.action = name; });
        sub->add_option("--name", c.names, "服务器域名 DNS name of the server, repeatable");
    }
    app.get_subcommand("init")->add_flag("--replace", command.replace,
                                         "换掉已有的根 replace the root there is");
}

/// "hj212=5212".
void set_ports(sensing::simulate::SimulateOptions& options, const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
        const auto equals = text.find('=');
        std::uint16_t port = 0;
        const char* const end = text.data() + text.size();
        const char* const digits = text.data() + (equals == text.npos ? text.size() : equals + 1);
        const auto [at, error] = std::from_chars(digits, end, port);
        if (error != std::errc{} || at != end || port == 0)
            throw CLI::ValidationError("--port", "应如 hj212=5212 as in hj212=5212: " + text);
        options.ports[text.substr(0, equals)] = port;
    }
}

void add_simulate_command(CLI::App& app, const Configuration& c, int& code) {
    using sensing::simulate::SimulateOptions;
    auto* command =
        app.add_subcommand("simulate", "模拟设备 devices that know the server only by its ports");
    auto options = std::make_shared<SimulateOptions>();
    auto leak = std::make_shared<bool>(false);
    auto alive = std::make_shared<bool>(false);
    command->add_flag("--alive", *alive, "整个园区的设备 all devices of the zone (default)");
    auto* leak_flag =
        command->add_flag("--leak", *leak, "一次泄漏演练 a leak, as an exercise's script says");
    leak_flag->excludes("--alive");
    command
        ->add_option("--exercise", options->exercise,
                     "脚本文件，- 为标准输入 script, - for standard input")
        ->needs(leak_flag);
    leak_flag->needs("--exercise");
    auto* scene = command->add_option("--script", options->scene,
                                      "场景文件（YAML，见 docs/protocols.md）scene file");
    scene->excludes("--alive")->excludes(leak_flag);
    command->add_option("--speed", options->speed, "场景速度 script seconds in a real one")
        ->check(CLI::Range(0.001, 100'000.0))
        ->needs(scene);
    command
        ->add_option_function<std::vector<std::string>>(
            "--port",
            [options](const std::vector<std::string>& texts) { set_ports(*options, texts); },
            "场景中一个协议的端口 a protocol's port for a scene: hj212=5212")
        ->allow_extra_args(false)
        ->needs(scene);
    command->add_option("--zone-data", options->data, "园区数据 folder of the zone")
        ->capture_default_str();
    command->add_option("--host", options->host, "服务器 server")->capture_default_str();
    command->add_option("--http-port", options->http_port, "HTTP 端口 port")->capture_default_str();
    command->add_option("--gb26875-port", options->gb26875_port,
                        "GB/T 26875.3 端口 port (5200, 5201 for an exercise)");
    command->add_option("--seed", options->seed, "随机种子 seed: the same seed, the same run");
    command->add_option("--duration", options->duration_s, "秒，0 为不限 seconds, 0 for ever")
        ->check(CLI::NonNegativeNumber);
    command->add_option("--loss", options->faults.loss, "丢失比例 share of reports lost")
        ->check(CLI::Range(0.0, 1.0));
    command->add_option("--duplication", options->faults.duplication, "重复比例 share sent twice")
        ->check(CLI::Range(0.0, 1.0));
    command->add_option("--delay", options->faults.delay_s_max, "最长延迟秒 late by up to, s")
        ->check(CLI::NonNegativeNumber);
    command->add_option("--clock-error", options->faults.clock_error_s,
                        "设备时钟误差秒 devices' clocks ahead by, s");
    command->add_option("--noise", options->faults.noise, "相对噪声 relative noise")
        ->check(CLI::NonNegativeNumber);
    command->callback([options, leak, &c, &code, command] {
        if (!options->scene.empty()) options->play = SimulateOptions::Play::scene;
        if (*leak) options->play = SimulateOptions::Play::leak;
        if (command->count("--zone-data") == 0) {
            Configuration shipped = c;
            fill_shipped(shipped);
            options->data = shipped.zone_data;
        }
        code = run_simulate(*options, {}, std::cin, std::cout, std::cerr);
    });
}

void add_import_command(CLI::App& app, Configuration& c, const Output& output, int& code) {
    auto* command = app.add_subcommand("import",
                                       "导入记录：NDJSON、YAML、CSV、XLSX、GeoJSON（服务须停止）"
                                       "import records (the server must not run)");
    auto options = std::make_shared<ImportCommand>();
    add_place_options(*command, c);
    command->add_option("files", options->files, "文件或目录 files or folders")->required();
    command->add_option("--kind", options->kind, "类（表格文件须给出）kind, for tables");
    command->add_flag("--dry-run", options->dry_run, "只检查（表格文件）check only, for tables");
    command->add_flag("--empty-clears", options->empty_clears,
                      "空单元格清除原值 empty cells clear what is there");
    command->add_option("--reason", options->reason, "理由 reason, for the journal");
    command->callback([options, &c, &output, &code] {
        code = are_tables(options->files) ? import_tables(c, *options, output)
                                          : import_files(c, options->files, output);
    });
}

void add_export_command(CLI::App& app, Configuration& c, const Output& output, int& code) {
    auto* command = app.add_subcommand(
        "export", "导出一类记录（服务须停止）export a kind's records (the server must not run)");
    auto options = std::make_shared<ExportCommand>();
    add_place_options(*command, c);
    command->add_option("kind", options->kind, "类 kind")->required();
    command->add_option("--format", options->format, "格式 format")
        ->check(CLI::IsMember({"csv", "xlsx", "geojson"}))
        ->capture_default_str();
    command
        ->add_option("--style", options->style, "labels 给人看，names 给程序 for people, programs")
        ->check(CLI::IsMember({"labels", "names"}))
        ->capture_default_str();
    command->add_option("--language", options->language, "语言 language")
        ->check(CLI::IsMember({"zh", "en"}))
        ->capture_default_str();
    command->add_option("--where", options->where, "条件 conditions field:op:value;…");
    command->add_option("--text", options->text, "文字 text");
    command->add_option("--sort", options->sort, "排序 order");
    command->add_option("--columns", options->columns, "列，逗号分隔 columns, comma between");
    command
        ->add_option("--output,-o", options->output,
                     "文件，- 为标准输出 file, - for standard output")
        ->capture_default_str();
    command->callback([options, &c, &output, &code] { code = export_table(c, *options, output); });
}

struct BackupCommands {
    BackupCommand command;
    const Configuration& configuration;
    const Output& output;
    int& code;
};

void add_backup_commands(CLI::App& app, Configuration& c,
                         const std::shared_ptr<BackupCommands>& b) {
    auto* make = app.add_subcommand("backup", "备份，服务不停 back up, while serving too");
    make->require_subcommand(0, 1);
    make->add_option("--data", c.data, "数据目录 data folder")->capture_default_str();
    make->add_option("--catalog", c.catalog, "目录声明 catalog folder");
    auto* to = make->add_option("--to", b->command.folder, "备份目录 folder of backups");
    make->add_option("--pace", b->command.pace_mb_s, "每秒 MB，0 为不限 MB a second, 0: no limit");
    make->add_option("--passphrase-file", b->command.passphrase_file,
                     "口令文件，用于加密密钥 file with the passphrase that seals the keys");
    auto* list = make->add_subcommand("list", "列出备份 list backups");
    auto* verify = make->add_subcommand("verify", "逐字节校验 verify every byte");
    for (auto* each : {list, verify})
        each->add_option("folder", b->command.folder, "备份目录 folder of backups, or one of them")
            ->required();
    verify->add_flag("--all", b->command.all, "全部备份 all, not the newest alone");
    verify->add_option("--pace", b->command.pace_mb_s, "每秒 MB MB a second");
    list->callback([b] { b->code = list_backups(b->command, b->output); });
    verify->callback([b] { b->code = verify_backups(b->command, b->output); });
    make->callback([b, make, to] {
        if (!make->get_subcommands().empty()) return;
        if (to->empty()) throw CLI::RequiredError("--to");
        b->code = back_up(b->configuration, b->command, b->output);
    });

    auto* back = app.add_subcommand("restore", "恢复到空目录 restore into an empty folder");
    back->add_option("folder", b->command.folder, "备份目录 folder of backups, or one of them")
        ->required();
    back->add_option("--data", c.data, "数据目录，须为空 data folder, which must be empty")
        ->required();
    back->add_option("--passphrase-file", b->command.passphrase_file,
                     "口令文件 file with the passphrase");
    back->add_flag("--without-secrets", b->command.without_secrets,
                   "放弃已加密的密钥 without the sealed keys");
    back->callback([b] { b->code = restore_backup(b->configuration, b->command, b->output); });
}

/// Defaults, then the file, then the command line: the file is read before the line is parsed.
std::optional<int> read_file_first(int argc, char** argv, Configuration& configuration) {
    for (int i = 1; i + 1 < argc; ++i) {
        if (std::string_view(argv[i]) != "--config") continue;
        if (auto read = read_configuration(argv[i + 1], configuration); !read) {
            std::cerr << text_of(read.error(), Language::zh) << '\n';
            return k_failed;
        }
    }
    return std::nullopt;
}

int run(int argc, char** argv) {
    Configuration configuration;
    if (const auto code = read_file_first(argc, argv, configuration)) return *code;
    Output output;
    const char* language = std::getenv("LANG");
    if (language != nullptr && std::string_view(language).starts_with("en"))
        output.language = Language::en;
    UserCommand user_command;
    EraseCommand erasure;
    sensing::DecodeOptions decode_options;
    int code = k_done;

    CLI::App app{"安澜：港区应急管理平台 Anlan: emergency management for a port zone"};
    app.set_version_flag("--version", ANLAN_VERSION);
    app.footer(k_footer);
    app.require_subcommand(1);
    app.fallthrough();
    std::string config_file;
    app.add_option("--config", config_file, "TOML 配置文件 configuration file");
    app.add_flag("--json", output.json, "机器可读输出 output for machines");

    auto* serve_command = app.add_subcommand("serve", "启动服务 run the server");
    add_place_options(*serve_command, configuration);
    add_serve_options(*serve_command, configuration);
    serve_command->callback([&] { code = serve(configuration, output); });

    auto* openapi_command =
        app.add_subcommand("openapi", "打印接口说明 print the API's description");
    add_place_options(*openapi_command, configuration);
    openapi_command->callback([&] { code = print_openapi(configuration, output); });

    auto* journal = app.add_subcommand("journal", "日志 the journal");
    journal->require_subcommand(1);
    auto* verify = journal->add_subcommand("verify", "校验日志链 verify its chain");
    add_place_options(*verify, configuration);
    verify->callback([&] { code = verify_journal(configuration, output); });

    auto* heads = journal->add_subcommand("heads", "每日摘要 the head of every day");
    add_place_options(*heads, configuration);
    heads->callback([&] { code = journal_heads(configuration, output); });
    auto* erase_command = journal->add_subcommand(
        "erase", "依法清除一条记录的个人信息（服务须停止） erase a record's personal data");
    add_place_options(*erase_command, configuration);
    add_erase_options(*erase_command, erasure);
    erase_command->callback([&] { code = journal_erase(configuration, erasure, output); });

    auto* check_command = app.add_subcommand("check", "检查目录与数据 check catalog and data");
    add_place_options(*check_command, configuration);
    check_command->callback([&] {
        const bool named = check_command->count("--data") > 0;
        code = check(configuration, named ? configuration.data : "", output);
    });

    CertificateCommand certificate_command;
    auto* certificate_app =
        app.add_subcommand("certificate", "内网 TLS 证书 certificates for a closed network");
    certificate_app->add_option("--data", configuration.data, "数据目录 data folder")
        ->capture_default_str();
    add_certificate_commands(*certificate_app, configuration, certificate_command);
    certificate_app->callback(
        [&] { code = certificate(configuration, certificate_command, output); });

    add_import_command(app, configuration, output, code);
    add_export_command(app, configuration, output, code);

    auto* user_app = app.add_subcommand("user", "账号 accounts");
    add_place_options(*user_app, configuration);
    user_app->add_option("--http-port", configuration.http_port, "链接所用端口 port in links")
        ->capture_default_str();
    add_user_commands(*user_app, user_command);
    user_app->callback([&] { code = user(configuration, user_command, output); });

    add_backup_commands(
        app, configuration,
        std::make_shared<BackupCommands>(BackupCommand{}, configuration, output, code));
    AuditCommand audit_command;
    auto* audit_app = app.add_subcommand("audit", "审计日志 the audit log");
    add_place_options(*audit_app, configuration);
    audit_app->require_subcommand(1);
    for (auto [name, text] : {std::pair{"verify", "校验日志链 verify its chain"},
                              {"export", "导出 CSV export as CSV"}}) {
        auto* sub = audit_app->add_subcommand(name, text);
        sub->callback([&, action = name] { audit_command.action = action; });
    }
    audit_app->callback([&] { code = audit(configuration, audit_command, output); });

    add_simulate_command(app, configuration, code);

    // What the server starts over a picture it does not trust; not for people.
    app.add_subcommand("thumbnail", "")->group("")->callback([&] { code = run_thumbnail(); });

    auto* decode = app.add_subcommand("decode", "解码设备报文 decode a device's bytes");
    decode->add_option("--protocol", decode_options.protocol, "协议 gb26875, hj212, http_json …")
        ->capture_default_str();
    decode->add_option("file", decode_options.file,
                       "文件，缺省为标准输入 file, standard input by default");
    decode->callback(
        [&] { code = sensing::run_decode(decode_options, std::cin, std::cout, std::cerr); });

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? k_done : k_usage;
    }
    return code;
}

}  // namespace
}  // namespace anlan::center

int main(int argc, char** argv) {
    try {
        return anlan::center::run(argc, argv);
    } catch (const std::exception& exception) {
        std::cerr << "anlan: " << exception.what() << '\n';
        return 1;
    }
}
