#include "center/control.h"

#include "foundations/bigdata/test_folder.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace anlan::center {
namespace {

const std::function<void(const json::object&)> k_deaf = [](const json::object&) {};

TEST(Control, TellsLinesAndTheLastOne) {
    const test::Folder folder;
    const auto door =
        ControlDoor::open(folder.path, [](const json::object& request, const Say& say) {
            for (int i = 0; i < 3; ++i) say({{"progress", i}});
            return json::object{{"done", json::object{{"asked", text_at(request, "do")}}}};
        });
    ASSERT_TRUE(door);
    for (int round = 0; round < 2; ++round) {
        int heard = 0;
        const auto answer = ask_server(folder.path, {{"do", "it"}}, [&](const json::object& line) {
            EXPECT_EQ(integer_at(line, "progress", -1), heard++);
        });
        ASSERT_TRUE(answer && *answer);
        EXPECT_EQ(heard, 3);
        EXPECT_EQ(text_at(object_at(**answer, "done"), "asked"), "it");
    }
}

TEST(Control, NobodyServesAndADeadProgramsDoorIsReplaced) {
    const test::Folder folder;
    EXPECT_FALSE(ask_server(folder.path, {{"do", "it"}}, k_deaf)->has_value());
    const auto handler = [](const json::object&, const Say&) {
        return json::object{{"done", true}};
    };
    std::filesystem::path left = folder.path / "control";
    {
        const auto door = ControlDoor::open(folder.path, handler);
        ASSERT_TRUE(door);
        std::filesystem::create_hard_link(left, folder.path / "kept");
    }
    EXPECT_FALSE(std::filesystem::exists(left));
    std::filesystem::rename(folder.path / "kept", left);  // as after kill -9
    EXPECT_FALSE(ask_server(folder.path, {{"do", "it"}}, k_deaf)->has_value());
    const auto door = ControlDoor::open(folder.path, handler);
    ASSERT_TRUE(door);
    EXPECT_TRUE(ask_server(folder.path, {{"do", "it"}}, k_deaf)->has_value());
}

// A folder deeper than a socket's name can say.
TEST(Control, AnyFolderFits) {
    const test::Folder folder;
    const auto deep = folder.path / std::string(120, 'd') / std::string(120, 'e');
    std::filesystem::create_directories(deep);
    const auto door = ControlDoor::open(
        deep, [](const json::object&, const Say&) { return json::object{{"done", true}}; });
    ASSERT_TRUE(door);
    EXPECT_TRUE(ask_server(deep, {{"do", "it"}}, k_deaf)->has_value());
    const auto mode = std::filesystem::status(deep / "control").permissions();
    EXPECT_EQ(mode & std::filesystem::perms::others_all, std::filesystem::perms::none);
}

TEST(Control, AClosingDoorEndsALongAnswer) {
    const test::Folder folder;
    std::promise<void> began;
    auto door = ControlDoor::open(folder.path, [&](const json::object&, const Say& say) {
        began.set_value();
        while (say({{"progress", 0}})) std::this_thread::yield();
        return json::object{{"error", "stopped"}};
    });
    ASSERT_TRUE(door);
    auto answer = std::async(std::launch::async,
                             [&] { return ask_server(folder.path, {{"do", "it"}}, k_deaf); });
    began.get_future().wait();
    door->reset();
    const auto last = answer.get();
    ASSERT_TRUE(last && *last);
    EXPECT_EQ(text_at(**last, "error"), "stopped");
}

}  // namespace
}  // namespace anlan::center
