#include "center/zone_routes.h"

#include "center/errors.h"

#include <map>

namespace anlan::center {
namespace {

using Handler = decltype(RouteRow::handler);

Handler for_callers(std::map<std::string, Handler, std::less<>> handlers) {
    return [handlers = std::move(handlers)](const Call& call,
                                            const json::value& body) -> Result<Reply> {
        const auto found = handlers.find(call.who.zone);
        if (found == handlers.end()) return fail(errors::k_zone_not_served);
        return found->second(call, body);
    };
}

Handler for_devices(std::vector<Handler> handlers) {
    return [handlers = std::move(handlers)](const Call& call,
                                            const json::value& body) -> Result<Reply> {
        auto answer = handlers.front()(call, body);
        for (std::size_t i = 1; i < handlers.size() && !answer; ++i) {
            if (answer.error().row->http_status != 401) break;
            answer = handlers[i](call, body);
        }
        return answer;
    };
}

}  // namespace

RouteRows by_zone(std::vector<std::pair<std::string, RouteRows>> zones) {
    ASSERT(!zones.empty());
    RouteRows out = std::move(zones.front().second);
    for (std::size_t i = 0; i < out.size(); ++i) {
        std::map<std::string, Handler, std::less<>> by_name;
        std::vector<Handler> in_order{out[i].handler};
        by_name.emplace(zones.front().first, std::move(out[i].handler));
        for (std::size_t z = 1; z < zones.size(); ++z) {
            ASSERT(zones[z].second.at(i).path == out[i].path);
            in_order.push_back(zones[z].second[i].handler);
            by_name.emplace(zones[z].first, std::move(zones[z].second[i].handler));
        }
        out[i].handler = out[i].right == k_public ? for_devices(std::move(in_order))
                                                  : for_callers(std::move(by_name));
    }
    return out;
}

}  // namespace anlan::center
