#include "apps/command/plan.h"
#include "apps/command/draft.h"
#include "apps/command/errors.h"
#include "apps/command/settings.h"

#include <gtest/gtest.h>

namespace anlan::command {
namespace {

bigdata::Record plan_record(std::string_view steps, std::string_view name = "plan") {
    bigdata::Record r;
    r.id = Uuid::from_name(name);
    r.kind = "plan";
    r.fields = {
        {"name", name}, {"code", name}, {"hazard", "ammonia_leak"}, {"steps", *parse_json(steps)}};
    return r;
}

constexpr auto k_steps = R"([
  {"key":"power","title":"断电","role":"enterprise_operator","minutes":5,"kind":"task"},
  {"key":"valve","title":"关阀","role":"hazmat_leader","minutes":20,"kind":"task","after":["power","cordon"]},
  {"key":"cordon","title":"警戒","role":"fire_leader","minutes":10,"kind":"task"},
  {"key":"warn","title":"疏散令","role":"evacuation_leader","kind":"message"},
  {"key":"leave","title":"撤离","role":"evacuation_leader","kind":"task","after":["warn"]},
  {"key":"report","title":"报告","role":"information_officer","kind":"message","after":["valve"]}])";

std::string play(const Plan& plan, const std::map<std::string, std::string>& tasks,
                 const std::vector<std::string>& sent) {
    std::string out;
    for (const auto& next : next_steps(plan, tasks, sent)) {
        const char* words[] = {"wait", "start", "order", "send"};
        out += std::string(words[static_cast<int>(next.action)]) + ":" + next.step->key + " ";
    }
    return out;
}

TEST(Plan, StepsWaitForTheirPredecessors) {
    const auto plan = plan_from(plan_record(k_steps));
    ASSERT_TRUE(plan.has_value()) << text_of(plan.error(), Language::en);
    EXPECT_EQ(play(*plan, {}, {}), "start:power wait:valve start:cordon send:warn start:leave ");
    const std::map<std::string, std::string> begun{
        {"power", "ordered"}, {"valve", "waiting"}, {"cordon", "accepted"}, {"leave", "ordered"}};
    EXPECT_EQ(play(*plan, begun, {"warn"}), "");
    auto tasks = begun;
    tasks["power"] = "done";
    EXPECT_EQ(play(*plan, tasks, {"warn"}), "");
    tasks["cordon"] = "cancelled";  // no longer to be waited for
    EXPECT_EQ(play(*plan, tasks, {"warn"}), "order:valve ");
    tasks["valve"] = "done";
    EXPECT_EQ(play(*plan, tasks, {"warn"}), "send:report ");
    EXPECT_EQ(play(*plan, tasks, {"warn", "report"}), "");
}

TEST(Plan, WhatACrashLeftOutIsMadeUpFor) {
    const auto plan = plan_from(plan_record(k_steps));
    EXPECT_EQ(play(*plan, {{"power", "done"}}, {}),
              "wait:valve start:cordon send:warn start:leave ");
}

TEST(Plan, SaysWhatIsWrong) {
    const auto what = [](std::string_view steps) {
        const auto plan = plan_from(plan_record(steps));
        if (plan) return std::string("fine");
        EXPECT_TRUE(plan.error().is(errors::k_bad_plan));
        return plan.error().parameters.at(1).second;
    };
    EXPECT_EQ(what(R"([{"key":"a","title":"A","role":"expert","after":["b"]}])"),
              "step 'a' comes after 'b', which is no step");
    EXPECT_EQ(
        what(
            R"([{"key":"a","title":"A","role":"expert","after":["b"]},{"key":"b","title":"B","role":"expert","after":["a"]}])"),
        "steps wait for each other in a circle");
    EXPECT_EQ(
        what(
            R"([{"key":"a","title":"A","role":"expert"},{"key":"a","title":"B","role":"expert"}])"),
        "steps/1: key 'a' twice");
    EXPECT_EQ(what(R"([{"key":"a","title":"A"}])"), "steps/0: key, role or title is missing");
    EXPECT_EQ(what("[]"), "fine");
}

TEST(Plan, TheEnterprisesOwnPlanComesFirstThenTheSubstances) {
    const Uuid enterprise = Uuid::from_name("e"), other = Uuid::from_name("o"),
               ammonia = Uuid::from_name("nh3");
    std::vector<bigdata::Record> plans{plan_record("[]", "zone"), plan_record("[]", "zone ammonia"),
                                       plan_record("[]", "own"), plan_record("[]", "others"),
                                       plan_record("[]", "fire")};
    plans[1].fields["substance"] = ammonia.text();
    plans[2].fields["enterprise"] = enterprise.text();
    plans[3].fields["enterprise"] = other.text();
    plans[4].fields["hazard"] = "fire";
    const auto chosen = [&](std::string_view hazard, Uuid e, Uuid s, int level) {
        const auto* plan = choose_plan(plans, hazard, e, s, level);
        return plan == nullptr ? std::string() : std::string(text_at(plan->fields, "name"));
    };
    EXPECT_EQ(chosen("ammonia_leak", enterprise, ammonia, 1), "own");
    EXPECT_EQ(chosen("ammonia_leak", Uuid{}, ammonia, 1), "zone ammonia");
    EXPECT_EQ(chosen("ammonia_leak", Uuid{}, Uuid::from_name("chlorine"), 1), "zone");
    EXPECT_EQ(chosen("sea", enterprise, ammonia, 1), "");
    plans[2].fields["trigger_level"] = 1;
    EXPECT_EQ(chosen("ammonia_leak", enterprise, ammonia, 2),
              "zone ammonia");  // the own plan is for red only
}

TEST(Draft, NumbersFollowBeijingsDay) {
    const auto late = *parse_iso8601("2026-11-22T16:00:00Z");  // midnight in Beijing
    EXPECT_EQ(incident_number("live", late, 1), "SJ-20261123-01");
    EXPECT_EQ(incident_number("0190", late, 112), "YL-20261123-112");
}

TEST(Settings, TheShippedFileIsRight) {
    const auto settings =
        Settings::load(std::filesystem::path(ANLAN_SOURCE_DIR) / "catalog/settings/command.yaml");
    ASSERT_TRUE(settings.has_value()) << text_of(settings.error(), Language::en);
    EXPECT_FALSE(settings->source.empty());
    EXPECT_TRUE(settings->is_night(22) && settings->is_night(3) && !settings->is_night(6));
    EXPECT_EQ(settings->leaders.at("hazmat"), "hazmat_leader");
    EXPECT_TRUE(Settings::load("nowhere.yaml").error().is(errors::k_io));
}

}  // namespace
}  // namespace anlan::command
