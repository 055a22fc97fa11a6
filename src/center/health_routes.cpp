#include "center/health_routes.h"

#include "center/errors.h"
#include "foundations/bigdata/accounts.h"

#include <array>
#include <charconv>

namespace anlan::center {
namespace {

std::string metrics_text(const std::vector<Figure>& figures) {
    std::string out, last;
    for (const auto& figure : figures) {
        if (figure.name != last) {
            out += "# HELP " + figure.name + ' ' + figure.help + "\n# TYPE " + figure.name + ' ' +
                   figure.type + '\n';
            last = figure.name;
        }
        std::array<char, 32> number{};
        const auto [end, error] =
            std::to_chars(number.data(), number.data() + number.size(), figure.value);
        out += figure.name;
        if (!figure.labels.empty()) out += '{' + figure.labels + '}';
        out += ' ';
        out.append(number.data(), end);
        out += '\n';
    }
    return out;
}

bool is_this_machine(std::string_view peer) {
    return peer.starts_with("127.") || peer == "::1";
}

Content plain(std::string text) {
    return Content{.content_type = "text/plain; charset=utf-8",
                   .bytes = std::move(text),
                   .etag = {},
                   .file_name = {}};
}

}  // namespace

RouteRows health_routes(HealthOptions options) {
    RouteRows rows;
    rows.push_back(route<NoBody, Content>(
        Method::get, "/healthz", k_public, {"进程在运行", "The process lives"},
        [](const Call&, const NoBody&) -> Result<Content> { return plain("ok\n"); }));
    rows.push_back(route<NoBody, Content>(
        Method::get, "/readyz", k_public, {"可以工作", "It can work"},
        [ready = options.ready](const Call&, const NoBody&) -> Result<Content> {
            TRY(ready());
            return plain("ready\n");
        }));
    rows.push_back(route<NoBody, Content>(
        Method::get, "/metrics", k_public, {"运行指标（Prometheus）", "Figures for Prometheus"},
        [options](const Call& call, const NoBody&) -> Result<Content> {
            const bool token = !options.metrics_token.empty() &&
                               bigdata::same_secret(call.bearer, options.metrics_token);
            if (!options.metrics_for_all && !token && !is_this_machine(call.peer)) {
                return fail(errors::k_no_such_route, {{"path", "/metrics"}});
            }
            Content out = plain(metrics_text(options.figures()));
            out.content_type = "text/plain; version=0.0.4; charset=utf-8";
            return out;
        }));
    return rows;
}

}  // namespace anlan::center
