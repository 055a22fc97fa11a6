// A small catalog and a register over it, for tests.
#pragma once

#include "core/random.h"
#include "foundations/bigdata/register.h"
#include "foundations/bigdata/test_folder.h"

#include <gtest/gtest.h>

#include <fstream>

namespace anlan::bigdata::test {

using anlan::test::Folder;

inline constexpr std::string_view k_things = R"(kind: thing
label: {zh: 物, en: Thing}
plural: {zh: 物, en: Things}
geometry: point
exercise: inherit
title: name
list: [name]
states:
  - {name: idle, label: {zh: 闲, en: Idle}}
  - {name: busy, label: {zh: 忙, en: Busy}}
  - {name: gone, label: {zh: 去, en: Gone}, final: true}
moves:
  - {name: start, from: [idle], to: busy, label: {zh: 开始, en: Start}}
  - {name: leave, from: [idle, busy], to: gone, label: {zh: 离开, en: Leave}, required: [note]}
fields:
  - {name: name, type: text, label: {zh: 名, en: Name}, required: true}
  - {name: number, type: text, label: {zh: 号, en: Number}, unique: true}
  - {name: size, type: number, label: {zh: 大小, en: Size}, index: true, min: 0}
  - {name: count, type: integer, label: {zh: 数, en: Count}, default: 1}
  - {name: open, type: boolean, label: {zh: 开, en: Open}}
  - {name: at, type: time, label: {zh: 时, en: At}}
  - {name: day, type: date, label: {zh: 日, en: Day}}
  - {name: colour, type: code, label: {zh: 色, en: Colour}, table: colour}
  - {name: parent, type: reference, label: {zh: 上级, en: Parent}, kind: thing}
  - {name: others, type: references, label: {zh: 其他, en: Others}, kind: thing}
  - {name: phone, type: phone, label: {zh: 电话, en: Phone}, sensitive: true}
  - {name: note, type: long_text, label: {zh: 备注, en: Note}}
  - {name: more, type: json, label: {zh: 更多, en: More}}
)";
inline constexpr std::string_view k_events = R"(kind: event
label: {zh: 事, en: Event}
plural: {zh: 事, en: Events}
geometry: none
exercise: own
title: name
list: [name]
fields:
  - {name: name, type: text, label: {zh: 名, en: Name}, required: true}
  - {name: thing, type: reference, label: {zh: 物, en: Thing}, kind: thing}
)";
inline constexpr std::string_view k_codes = R"(tables:
  - table: colour
    label: {zh: 色, en: Colours}
    source: product
    codes:
      - {value: red, label: {zh: 红, en: Red}}
      - {value: blue, label: {zh: 蓝, en: Blue}}
)";
inline constexpr std::string_view k_roles = R"(roles:
  - role: all
    label: {zh: 全, en: All}
    scope: all
    rights: ["*.read"]
)";

inline void put(const std::filesystem::path& path, std::string_view text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
}

inline void put_catalog(const std::filesystem::path& folder, std::string_view things = k_things,
                        std::string_view events = k_events) {
    put(folder / "kinds/thing.yaml", things);
    if (events.empty())
        std::filesystem::remove(folder / "kinds/event.yaml");
    else
        put(folder / "kinds/event.yaml", events);
    put(folder / "codes/all.yaml", k_codes);
    put(folder / "roles.yaml", k_roles);
}

inline std::string text_of_error(const Error& error) {
    std::string out(error.row->id);
    for (const auto& field : error.fields)
        out += " " + field.where + ":" + std::string(field.row->id);
    return out;
}

/// The error, or "accepted".
template <class T>
std::string said(const Result<T>& result) {
    return result ? "accepted" : text_of_error(result.error());
}

struct RegisterTest : ::testing::Test {
    Folder folder{anlan::test::quick_base()};
    ManualClock clock{*parse_iso8601("2026-11-19T06:00:00Z")};
    SystemRandom random;
    IdSource ids{clock, random};
    std::optional<Catalog> catalog;
    std::unique_ptr<Register> store;
    const View live{"demo", std::string(k_live), {}};

    void SetUp() override {
        put_catalog(folder.path / "catalog");
        open();
    }
    [[nodiscard]] std::filesystem::path database() const {
        return folder.path / "data" / "register.db";
    }
    void open() {
        store.reset();
        auto loaded = Catalog::load(folder.path / "catalog");
        ASSERT_TRUE(loaded) << text_of(loaded.error(), Language::en);
        catalog = std::move(*loaded);
        auto opened = reopen();
        ASSERT_TRUE(opened) << text_of(opened.error(), Language::en);
        store = std::move(*opened);
    }
    Result<std::unique_ptr<Register>> reopen() {
        return Register::open(
            {.database = database(), .catalog = &*catalog, .clock = &clock, .ids = &ids});
    }

    static Change create(json::object fields, Uuid id = {}) {
        Change c;
        c.kind = "thing";
        c.id = id;
        c.fields = std::move(fields);
        return c;
    }
    static Change update(Uuid id, json::object fields,
                         std::optional<std::int64_t> if_revision = {}) {
        Change c = create(std::move(fields), id);
        c.action = Action::update;
        c.if_revision = if_revision;
        return c;
    }
    static Change move(Uuid id, std::string name, json::object fields = {}) {
        Change c = create(std::move(fields), id);
        c.action = Action::move;
        c.move = std::move(name);
        return c;
    }
    static Change remove(Uuid id) {
        Change c = create({}, id);
        c.action = Action::remove;
        return c;
    }
    static Batch batch(std::vector<Change> changes, std::string space = std::string(k_live)) {
        Batch b;
        b.zone = "demo";
        b.space = std::move(space);
        b.author = {{}, "test", "command_line"};
        b.changes = std::move(changes);
        return b;
    }
    Result<Applied> write(Change change, std::string space = std::string(k_live)) {
        return store->write(batch({std::move(change)}, std::move(space)));
    }
    /// The written record; fails the test when refused.
    Record written(Change change, std::string space = std::string(k_live)) {
        auto out = write(std::move(change), std::move(space));
        if (!out) {
            ADD_FAILURE() << text_of_error(out.error());
            return {};
        }
        return out->records.at(0);
    }
    std::string refused(Change change, std::string space = std::string(k_live)) {
        return said(write(std::move(change), std::move(space)));
    }
    /// Names of the listed things, in order.
    std::string names(const View& view, const Query& query = {}) {
        const auto page = store->list(view, "thing", query);
        if (!page) return text_of_error(page.error());
        std::string out;
        for (const auto& r : page->records)
            out += std::string(out.empty() ? "" : " ") + std::string(text_at(r.fields, "name"));
        return out;
    }
};

}  // namespace anlan::bigdata::test
