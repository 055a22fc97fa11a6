// The server over real sockets, with handlers of the test's own: framing, limits and deadlines.
#include "center/errors.h"
#include "center/problem.h"
#include "center/server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace anlan::center {
namespace {

using namespace std::string_view_literals;

/// A client's socket: sends bytes, reads what comes.
class Peer {
  public:
    explicit Peer(std::uint16_t port, int receive_bytes = 0)
        : m_socket(socket(AF_INET, SOCK_STREAM, 0)) {
        if (receive_bytes > 0)
            setsockopt(m_socket, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(connect(m_socket, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
        timeval limit{10, 0};
        setsockopt(m_socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    }
    ~Peer() { close(m_socket); }
    void send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto done = ::send(m_socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (done <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(done));
        }
    }
    std::string some() const {
        std::string out(65536, '\0');
        const auto got = recv(m_socket, out.data(), out.size(), 0);
        out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return out;
    }
    /// Everything until the server closes.
    std::string rest() const {
        std::string out;
        while (true) {
            const auto piece = some();
            if (piece.empty()) return out;
            out += piece;
        }
    }

  private:
    int m_socket;
};

std::string status_of(std::string_view answer) {
    return answer.size() < 12 ? std::string(answer) : std::string(answer.substr(9, 3));
}

std::size_t count_of(std::string_view text, std::string_view what) {
    std::size_t out = 0;
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++out;
    return out;
}

struct HttpServerTest : ::testing::Test {
    ServerOptions options;
    ServerHandlers handlers;
    std::unique_ptr<Server> server;
    std::mutex mutex;
    std::vector<std::string> logged;

    HttpServerTest() {
        options.port = 0;
        options.body_folder = "/tmp";
        handlers.handle = [](const Request& request) {
            Response out;
            out.set_body("text/plain", request.method + " " + std::string(request.path()) + " " +
                                           std::to_string(request.content().size()) +
                                           (request.body_file ? " on disk" : ""));
            return out;
        };
        handlers.refuse = [](const Request& request, const Error& error) {
            return problem_response(error, Language::en, request.id);
        };
        handlers.live = [](const Request&) -> Result<std::shared_ptr<LiveConnection>> {
            return fail(errors::k_not_websocket);
        };
        handlers.answered = [this](const Request&, const Response& response, std::int64_t) {
            const std::lock_guard lock(mutex);
            logged.push_back(std::to_string(response.status) + response.note);
        };
    }
    ~HttpServerTest() override {
        if (server) server->stop(0);
    }
    Peer peer(int receive_bytes = 0) {
        if (!server) {
            auto started = Server::start(options, handlers);
            if (!started) ADD_FAILURE() << text_of(started.error(), Language::en);
            server = std::move(*started);
        }
        return Peer(server->port(), receive_bytes);
    }
    std::string ask(std::string_view request) {
        const Peer each = peer();
        each.send(request);
        return each.rest();
    }
    void stream(NextPiece next, std::optional<std::uint64_t> length = {}) {
        handlers.handle = [next, length](const Request&) {
            Response out;
            out.content_type = "text/csv";
            out.next = next;
            out.length = length;
            return out;
        };
    }
};

NextPiece pieces(std::vector<std::string> all) {
    return [all = std::move(all), at = std::size_t{0}]() mutable -> Result<std::string> {
        return at < all.size() ? all[at++] : std::string();
    };
}

constexpr std::string_view k_get = "GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

TEST_F(HttpServerTest, AStreamOfUnknownSizeIsSentInChunks) {
    stream(pieces({"one\n", "two\n"}));
    const auto answer = ask(k_get);
    EXPECT_EQ(status_of(answer), "200");
    EXPECT_NE(answer.find("Transfer-Encoding: chunked"), answer.npos) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n4\r\none\n\r\n4\r\ntwo\n\r\n0\r\n\r\n")) << answer;
}

TEST_F(HttpServerTest, AStreamOfKnownSizeSaysItAndTheConnectionGoesOn) {
    stream(pieces({"one", "two"}), 6);
    const Peer each = peer();
    each.send(
        "GET /x HTTP/1.1\r\nHost: x\r\n\r\nHEAD /x HTTP/1.1\r\nHost: x\r\nConnection: "
        "close\r\n\r\n");
    const auto answers = each.rest();
    EXPECT_EQ(count_of(answers, "HTTP/1.1 200"), 2U) << answers;
    EXPECT_EQ(count_of(answers, "Content-Length: 6"), 2U) << answers;
    EXPECT_EQ(count_of(answers, "onetwo"), 1U) << answers;
}

TEST_F(HttpServerTest, AnErrorInTheMiddleCutsTheStreamSoThatNobodyTakesItForWhole) {
    auto calls = std::make_shared<int>(0);
    stream([calls]() -> Result<std::string> {
        if (++*calls == 1) return std::string("one\n");
        return fail(errors::k_overloaded);
    });
    const auto answer = ask("GET /x HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_NE(answer.find("one\n"), answer.npos);
    EXPECT_FALSE(answer.ends_with("0\r\n\r\n")) << answer;
    server->stop(1);
    const std::lock_guard lock(mutex);
    ASSERT_EQ(logged.size(), 1U);
    EXPECT_EQ(logged.front(), "200the body was cut off");
}

TEST_F(HttpServerTest, ASlowReaderSlowsItsOwnSourceAndNobodyElse) {
    options.worker_threads = 1;
    auto made = std::make_shared<std::atomic<int>>(0);
    handlers.handle = [made](const Request& request) {
        Response out;
        out.set_body("text/plain", "quick");
        if (request.path() != "/slow") return out;
        out.body.reset();
        out.next = [made]() -> Result<std::string> {
            if (++*made > 1000) return std::string();
            return std::string(1 << 20, 'x');
        };
        return out;
    };
    const Peer slow = peer(4096);
    slow.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_FALSE(slow.some().empty());
    // The one worker is free: others are answered while the slow one takes its time.
    for (int i = 0; i < 20; ++i) EXPECT_EQ(status_of(ask(k_get)), "200");
    EXPECT_LT(made->load(), 100) << "the source ran ahead of its reader";
}

TEST_F(HttpServerTest, ALargeBodyGoesToDiskWhereARouteWantsItAndTheCallerMay) {
    options.body_bytes_max = 1000;
    handlers.body_limit = [](const Request& request) {
        return request.path() == "/import" ? std::size_t{200'000} : 0;
    };
    handlers.admit = [](const Request& request) -> Result<void> {
        if (request.header("cookie").empty()) return fail(errors::k_not_found, {{"what", "x"}});
        return {};
    };
    const std::string body(150'000, 'b');
    const auto post = [&](std::string path, std::string more) {
        return ask("POST " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + more +
                   "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    };
    EXPECT_NE(post("/import", "Cookie: a=b\r\n").find("POST /import 150000 on disk"),
              std::string::npos);
    EXPECT_EQ(status_of(post("/import", "")), "404");
    EXPECT_EQ(status_of(post("/other", "Cookie: a=b\r\n")), "413");
    std::string chunked =
        "POST /import HTTP/1.1\r\nHost: x\r\nCookie: a=b\r\nConnection: close\r\n"
        "Transfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 3; ++i) chunked += "8000\r\n" + std::string(0x8000, 'c') + "\r\n";
    EXPECT_NE(ask(chunked + "0\r\n\r\n").find("POST /import 98304 on disk"), std::string::npos);
    for (int i = 0; i < 8; ++i) chunked += "8000\r\n" + std::string(0x8000, 'c') + "\r\n";
    EXPECT_EQ(status_of(ask(chunked + "0\r\n\r\n")), "413");
}

TEST_F(HttpServerTest, ASlowHeaderAndASlowBodyAreToldSo) {
    options.header_seconds_max = 0.4;
    options.body_seconds_max = 0.4;
    EXPECT_EQ(status_of(ask("GET / HTTP/1.1\r\nHost: x\r\nX-Half: ")), "408");
    EXPECT_EQ(status_of(ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")),
              "408");
    EXPECT_EQ(server->counters().timeouts, 2);
    // Bytes that drip in do not buy time.
    const Peer drip = peer();
    drip.send("GET / HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < 8; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        drip.send("X: y\r\n");
    }
    EXPECT_EQ(status_of(drip.rest()), "408");
}

TEST_F(HttpServerTest, ASilentConnectionIsLetGoWithoutAWord) {
    options.idle_seconds_max = 0.3;
    EXPECT_EQ(ask(""), "");
    const Peer each = peer();
    each.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(count_of(each.rest(), "HTTP/1.1"), 1U);
}

TEST_F(HttpServerTest, PipelinedRequestsAreAnsweredInOrder) {
    std::string all;
    for (int i = 0; i < 50; ++i)
        all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
    const auto answers = ask(all + std::string(k_get));
    std::size_t at = 0;
    for (int i = 0; i < 50; ++i) {
        const auto next = answers.find("GET /" + std::to_string(i) + " 0", at);
        ASSERT_NE(next, answers.npos) << i;
        at = next;
    }
}

TEST_F(HttpServerTest, AnAnswerThatComesAfterTheStopFindsNobodyAndHurtsNobody) {
    const auto later = std::make_shared<Later>(60, Error(errors::k_overloaded));
    handlers.handle = [&](const Request&) {
        Response out;
        out.later = later;
        out.finish = [](const Later::Answer& answer) {
            Response known;
            known.set_body("text/plain", answer ? "known" : "given up");
            return known;
        };
        return out;
    };
    const Peer each = peer();
    each.send(k_get);
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    server->stop(0);
    server.reset();
    later->set(json::value("too late"));
    EXPECT_EQ(later.use_count(), 1) << "nobody waits for it any more";
}

TEST_F(HttpServerTest, WhatIsNotCleanHttpIsRefused) {
    EXPECT_EQ(status_of(ask("GET / HTTP/1.1\r\n\r\n")), "400") << "no Host";
    EXPECT_EQ(status_of(ask("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")), "400");
    EXPECT_EQ(status_of(ask("GET / HTTP/1.1\r\nHost : a\r\n\r\n")), "400") << "space before colon";
    EXPECT_EQ(status_of(ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                            "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")),
              "400")
        << "two lengths: the way to smuggle a request";
    EXPECT_EQ(status_of(ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                            "Content-Length: 6\r\n\r\nhello")),
              "400");
    EXPECT_EQ(status_of(ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n")), "400");
    EXPECT_EQ(status_of(ask("GET / HTTP/9.9\r\nHost: a\r\n\r\n")), "400");
    EXPECT_EQ(status_of(ask("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"sv)), "400");
    EXPECT_EQ(status_of(ask("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(40'000, 'y'))), "431");
}

TEST_F(HttpServerTest, ABodyIsAskedForOnceItMayCome) {
    options.body_bytes_max = 10;
    const Peer each = peer();
    each.send(
        "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n"
        "Connection: close\r\n\r\n");
    EXPECT_TRUE(each.some().starts_with("HTTP/1.1 100 Continue\r\n\r\n"));
    each.send("body");
    EXPECT_NE(each.rest().find("POST / 4"), std::string::npos);
    EXPECT_EQ(status_of(ask("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                            "Content-Length: 4000\r\n\r\n")),
              "413");
}

TEST_F(HttpServerTest, ConnectionsOfOnePeerAreCounted) {
    options.connections_per_peer_max = 3;
    const Peer one = peer(), two = peer(), three = peer();
    for (const Peer* each : {&one, &two, &three}) {
        each->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_EQ(status_of(each->some()), "200");
    }
    EXPECT_EQ(ask(k_get), "");
    EXPECT_EQ(server->counters().connections_refused, 1);
}

TEST_F(HttpServerTest, TooManyRequestsAreToldWhenToComeBack) {
    options.requests_per_second_max = 5;
    std::string all;
    for (int i = 0; i < 12; ++i) all += "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    const auto answers = ask(all);
    EXPECT_EQ(count_of(answers, "HTTP/1.1 200"), 10U);
    EXPECT_EQ(count_of(answers, "HTTP/1.1 429"), 1U);
    EXPECT_NE(answers.find("Retry-After: "), answers.npos);
}

TEST_F(HttpServerTest, AStopLetsARequestInWorkFinish) {
    std::condition_variable begun;
    bool in = false;
    handlers.handle = [&](const Request&) {
        {
            const std::lock_guard lock(mutex);
            in = true;
        }
        begun.notify_all();
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        Response out;
        out.set_body("text/plain", "finished");
        return out;
    };
    const Peer each = peer();
    each.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    {
        std::unique_lock lock(mutex);
        begun.wait(lock, [&] { return in; });
    }
    server->stop(5);
    EXPECT_TRUE(each.rest().ends_with("finished"));
}

}  // namespace
}  // namespace anlan::center
