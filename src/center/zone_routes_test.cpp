#include "center/zone_routes.h"

#include "center/errors.h"

#include <gtest/gtest.h>

namespace anlan::center {
namespace {

constexpr ErrorRow k_unknown_device{"unknown_device", 401, LogLevel::info, "", ""};

RouteRows rows_of(const std::string& zone) {
    RouteRows out;
    out.push_back(
        route<NoBody, json::object>(Method::get, "/api/v1/wind", k_signed_in, {"风", "wind"},
                                    [zone](const Call&, const NoBody&) -> Result<json::object> {
                                        return json::object{{"zone", zone}};
                                    }));
    out.push_back(route<NoBody, json::object>(
        Method::post, "/api/v1/observations", k_public, {"读数", "readings"},
        [zone](const Call& call, const NoBody&) -> Result<json::object> {
            if (call.bearer == zone) return json::object{{"zone", zone}};
            return fail(call.bearer == "broken" ? anlan::errors::k_internal : k_unknown_device);
        }));
    return out;
}

std::string asked(const RouteRow& row, const std::string& zone, const std::string& bearer = {}) {
    Principal who;
    who.zone = zone;
    Call call{.who = who, .space = "live", .language = Language::zh};
    call.bearer = bearer;
    const auto answer = row.handler(call, nullptr);
    if (!answer) return std::string(answer.error().row->id);
    return std::string(text_at(std::get<json::value>(answer->body).get_object(), "zone"));
}

TEST(ZoneRoutes, TheCallersZoneAnswers) {
    const auto rows =
        by_zone({{"dongjiang", rows_of("dongjiang")}, {"beijiang", rows_of("beijiang")}});
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(asked(rows[0], "dongjiang"), "dongjiang");
    EXPECT_EQ(asked(rows[0], "beijiang"), "beijiang");
    EXPECT_EQ(asked(rows[0], "nanjiang"), "zone_not_served");
    EXPECT_EQ(asked(rows[0], ""), "zone_not_served");
}

TEST(ZoneRoutes, ADeviceIsFoundByItsCredential) {
    const auto rows =
        by_zone({{"dongjiang", rows_of("dongjiang")}, {"beijiang", rows_of("beijiang")}});
    EXPECT_EQ(asked(rows[1], "", "dongjiang"), "dongjiang");
    EXPECT_EQ(asked(rows[1], "", "beijiang"), "beijiang");
    EXPECT_EQ(asked(rows[1], "", "nobody"), "unknown_device");
    EXPECT_EQ(asked(rows[1], "", "broken"), "internal");
}

}  // namespace
}  // namespace anlan::center
