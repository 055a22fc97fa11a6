#include "center/errors.h"
#include "center/rate_limit.h"
#include "center/server.h"
#include "center/websocket_session.h"
#include "center/worker_pool.h"
#include "core/hash.h"
#include "core/random.h"
#include "core/time.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <array>
#include <chrono>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace anlan::center {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr auto k_answer = asio::as_tuple(asio::use_awaitable);

std::chrono::steady_clock::duration seconds(double count) {
    return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
        std::chrono::duration<double>(count));
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return out;
}

/// Connections a peer has open, counted for as long as each lives.
class Guests {
  public:
    bool enter(const std::string& peer, std::size_t per_peer_max) {
        const std::lock_guard lock(m_mutex);
        auto& count = m_counts[peer];
        if (count >= per_peer_max) return false;
        ++count;
        return true;
    }
    void leave(const std::string& peer) {
        const std::lock_guard lock(m_mutex);
        if (const auto at = m_counts.find(peer); --at->second == 0) m_counts.erase(at);
    }

  private:
    std::mutex m_mutex;
    std::unordered_map<std::string, std::size_t> m_counts;
};

class HttpServer final : public Server {
  public:
    HttpServer(ServerOptions options, ServerHandlers handlers)
        : m_options(std::move(options)),
          m_handlers(std::move(handlers)),
          m_rate(m_options.requests_per_second_max, 2 * m_options.requests_per_second_max),
          m_pool(m_options.worker_threads, m_options.waiting_max) {
        for (std::size_t i = 0; i < m_options.io_threads; ++i)
            m_loops.push_back(std::make_unique<Loop>());
    }
    ~HttpServer() override { stop(0); }

    Result<void> listen();
    [[nodiscard]] std::uint16_t port() const override { return m_port; }
    [[nodiscard]] const ServerCounters& counters() const override { return m_counters; }
    [[nodiscard]] std::size_t waiting() const override { return m_pool.waiting(); }
    void stop(double grace_s) override;

  private:
    struct Loop {
        asio::io_context context{1};
        asio::executor_work_guard<asio::io_context::executor_type> guard =
            asio::make_work_guard(context);
        std::thread thread;
    };
    using Parser = http::request_parser<http::string_body>;

    asio::awaitable<void> accept_all();
    asio::awaitable<void> serve(tcp::socket socket, std::string peer);
    asio::awaitable<bool> serve_one(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                    std::string peer);
    asio::awaitable<bool> write(beast::tcp_stream& stream, const Request& request,
                                Response response, bool keep);
    asio::awaitable<void> join_live(beast::tcp_stream& stream, Parser& parser,
                                    const Request& request);
    template <class T>
    asio::awaitable<T> on_worker(std::function<T()> work, std::function<T()> refused);
    std::string request_id();

    const ServerOptions m_options;
    const ServerHandlers m_handlers;
    ServerCounters m_counters;
    SystemClock m_clock;
    RateLimit m_rate;
    Guests m_guests;
    std::vector<std::unique_ptr<Loop>> m_loops;
    WorkerPool m_pool;
    std::unique_ptr<tcp::acceptor> m_acceptor;
    std::uint16_t m_port = 0;
    std::atomic<bool> m_stopping{false};
    std::atomic<std::int64_t> m_in_work{0};
    std::atomic<std::uint64_t> m_next_id{0};
    std::string m_id_prefix;
};

Result<void> HttpServer::listen() {
    const auto refused = [&](const std::string& what) {
        return fail(errors::k_cannot_listen,
                    {{"address", m_options.address + ":" + std::to_string(m_options.port)},
                     {"what", what}});
    };
    boost::system::error_code error;
    const auto address = asio::ip::make_address(m_options.address, error);
    if (error) return refused(error.message());
    m_acceptor = std::make_unique<tcp::acceptor>(m_loops.front()->context);
    const tcp::endpoint endpoint(address, m_options.port);
    m_acceptor->open(endpoint.protocol(), error);
    if (!error) m_acceptor->set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) m_acceptor->bind(endpoint, error);
    if (!error) m_acceptor->listen(1024, error);
    if (error) return refused(error.message());
    m_port = m_acceptor->local_endpoint().port();
    std::array<std::uint8_t, 4> prefix{};
    SystemRandom().fill(prefix);
    m_id_prefix = hex({reinterpret_cast<const char*>(prefix.data()), prefix.size()});
    asio::co_spawn(m_loops.front()->context, accept_all(), asio::detached);
    for (auto& loop : m_loops) {
        loop->thread = std::thread([&context = loop->context] { context.run(); });
    }
    return {};
}

void HttpServer::stop(double grace_s) {
    if (m_loops.empty() || m_stopping.exchange(true)) return;
    asio::post(m_loops.front()->context, [this] {
        boost::system::error_code ignored;
        if (m_acceptor) m_acceptor->close(ignored);
    });
    const auto until = std::chrono::steady_clock::now() + seconds(grace_s);
    while (m_in_work + m_counters.live > 0 && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    for (auto& loop : m_loops) loop->context.stop();
    for (auto& loop : m_loops) {
        if (loop->thread.joinable()) loop->thread.join();
    }
    // Jobs refer to what their connection's coroutine holds: they end before the loops are
    // destroyed.
    m_pool.stop();
    m_acceptor.reset();
    m_loops.clear();
}

std::string HttpServer::request_id() {
    return m_id_prefix + "-" + std::to_string(++m_next_id);
}

asio::awaitable<void> HttpServer::accept_all() {
    std::size_t next = 0;
    while (!m_stopping) {
        auto& loop = *m_loops[next++ % m_loops.size()];
        auto [error, socket] = co_await m_acceptor->async_accept(loop.context, k_answer);
        if (m_stopping) co_return;
        if (error) {
            // Out of descriptors: wait for some to come free instead of spinning.
            asio::steady_timer pause(m_loops.front()->context, std::chrono::milliseconds(50));
            co_await pause.async_wait(k_answer);
            continue;
        }
        boost::system::error_code gone;
        const auto remote = socket.remote_endpoint(gone);
        if (gone) continue;
        std::string peer = remote.address().to_string();
        if (m_counters.connections >= static_cast<std::int64_t>(m_options.connections_max) ||
            !m_guests.enter(peer, m_options.connections_per_peer_max)) {
            ++m_counters.connections_refused;
            continue;
        }
        ++m_counters.connections;
        socket.set_option(tcp::no_delay(true), gone);
        asio::co_spawn(loop.context, serve(std::move(socket), std::move(peer)), asio::detached);
    }
}

asio::awaitable<void> HttpServer::serve(tcp::socket socket, std::string peer) {
    struct Leave {
        HttpServer& server;
        const std::string& peer;
        ~Leave() {
            server.m_guests.leave(peer);
            --server.m_counters.connections;
        }
    } leave{*this, peer};
    beast::tcp_stream stream(std::move(socket));
    beast::flat_buffer buffer;
    try {
        while (co_await serve_one(stream, buffer, peer)) {
        }
    } catch (const std::exception&) {
        // A connection that breaks in an unforeseen way ends alone.
    }
    boost::system::error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
    // An answer given before the body was read would be lost to a reset: read a little, briefly.
    std::array<char, 4096> rest{};
    stream.expires_after(std::chrono::seconds(1));
    for (int reads = 0; reads < 64; ++reads) {
        const auto [error, size] = co_await stream.async_read_some(asio::buffer(rest), k_answer);
        if (error) break;
    }
}

template <class T>
asio::awaitable<T> HttpServer::on_worker(std::function<T()> work, std::function<T()> refused) {
    auto start = [this](auto handler, std::function<T()> job, std::function<T()> otherwise) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        auto executor = asio::get_associated_executor(*shared);
        auto complete = [shared, executor](T value) {
            asio::post(executor, [shared, value = std::move(value)]() mutable {
                (*shared)(std::move(value));
            });
        };
        if (!m_pool.submit([job, complete] { complete(job()); })) {
            ++m_counters.refused_busy;
            complete(otherwise());
        }
    };
    return asio::async_initiate<const asio::use_awaitable_t<>, void(T)>(
        std::move(start), asio::use_awaitable, std::move(work), std::move(refused));
}

asio::awaitable<bool> HttpServer::serve_one(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                            std::string peer) {
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(m_options.header_bytes_max));
    parser.body_limit(m_options.body_bytes_max);
    stream.expires_after(seconds(m_options.header_seconds_max));
    const auto [unread, header_size] =
        co_await http::async_read_header(stream, buffer, parser, k_answer);
    Request request;
    request.peer = std::move(peer);
    request.id = request_id();
    if (unread) {
        if (unread == beast::error::timeout) ++m_counters.timeouts;
        const bool parsing =
            unread.category() == http::make_error_code(http::error::bad_method).category();
        if (!parsing || unread == http::error::end_of_stream ||
            unread == http::error::partial_message)
            co_return false;
        Error error(errors::k_bad_request_line);
        if (unread == http::error::header_limit) {
            error = Error(errors::k_header_too_large,
                          {{"max", std::to_string(m_options.header_bytes_max)}});
        } else if (unread == http::error::body_limit) {  // a Content-Length beyond it
            error = Error(errors::k_body_too_large,
                          {{"max", std::to_string(m_options.body_bytes_max)}});
        }
        co_return co_await write(stream, request, m_handlers.refuse(request, error), false);
    }
    ++m_counters.requests;
    const auto& message = parser.get();
    request.method = std::string(message.method_string());
    request.target = std::string(message.target());
    for (const auto& field : message)
        request.headers.emplace_back(lower(field.name_string()), field.value());
    std::optional<Error> refusal;
    if (!m_rate.allow(request.peer, m_clock.steady())) {
        ++m_counters.refused_rate;
        refusal = Error(errors::k_too_many_requests);
    }
    if (refusal)
        co_return co_await write(stream, request, m_handlers.refuse(request, *refusal), false);
    if (beast::websocket::is_upgrade(message)) {
        co_await join_live(stream, parser, request);
        co_return false;
    }
    stream.expires_after(seconds(m_options.body_seconds_max));
    if (lower(request.header("expect")) == "100-continue") {
        http::response<http::empty_body> go_on{http::status::continue_, 11};
        co_await http::async_write(stream, go_on, k_answer);
    }
    const auto [cut, body_size] = co_await http::async_read(stream, buffer, parser, k_answer);
    if (cut) {
        if (cut == beast::error::timeout) ++m_counters.timeouts;
        if (cut != http::error::body_limit) co_return false;
        const Error error(errors::k_body_too_large,
                          {{"max", std::to_string(m_options.body_bytes_max)}});
        co_return co_await write(stream, request, m_handlers.refuse(request, error), false);
    }
    request.body = std::move(parser.get().body());
    const bool keep = parser.get().keep_alive() && !m_stopping;
    Response response;
    struct InWork {
        std::atomic<std::int64_t>& count;
        explicit InWork(std::atomic<std::int64_t>& c) : count(c) { ++count; }
        ~InWork() { --count; }
    } in_work{m_in_work};
    const SteadyTime began = m_clock.steady();
    if (!m_handlers.quick || !m_handlers.quick(request, response)) {
        stream.expires_never();
        std::function<Response()> work = [&] { return m_handlers.handle(request); };
        std::function<Response()> refused = [&] {
            return m_handlers.refuse(request, Error(errors::k_overloaded));
        };
        response = co_await on_worker(std::move(work), std::move(refused));
    }
    if (m_handlers.answered) m_handlers.answered(request, response, m_clock.steady() - began);
    co_return co_await write(stream, request, std::move(response), keep);
}

asio::awaitable<bool> HttpServer::write(beast::tcp_stream& stream, const Request& request,
                                        Response response, bool keep) {
    http::response<http::span_body<char const>> out;
    out.result(static_cast<unsigned>(response.status));
    out.version(11);
    out.keep_alive(keep);
    if (!response.content_type.empty()) out.set(http::field::content_type, response.content_type);
    for (const auto& [name, value] : response.headers) out.insert(name, value);
    out.set("X-Request-Id", request.id);
    const std::string_view bytes =
        response.body ? std::string_view(*response.body) : std::string_view{};
    const bool bodyless = response.status == 204 || response.status == 304;
    if (!bodyless) out.content_length(bytes.size());
    const bool head = request.method == "HEAD";
    if (!head && !bodyless) out.body() = {bytes.data(), bytes.size()};
    stream.expires_after(seconds(m_options.write_seconds_max));
    http::response_serializer<http::span_body<char const>> serializer(out);
    boost::system::error_code error;
    if (head) {
        std::tie(error, std::ignore) =
            co_await http::async_write_header(stream, serializer, k_answer);
    } else {
        std::tie(error, std::ignore) = co_await http::async_write(stream, serializer, k_answer);
    }
    if (error == beast::error::timeout) ++m_counters.timeouts;
    co_return keep && !error;
}

asio::awaitable<void> HttpServer::join_live(beast::tcp_stream& stream, Parser& parser,
                                            const Request& request) {
    using Joined = Result<std::shared_ptr<LiveConnection>>;
    stream.expires_never();
    std::function<Joined()> work = [&] { return m_handlers.live(request); };
    std::function<Joined()> refused = [] { return Joined(fail(errors::k_overloaded)); };
    Joined joined = co_await on_worker(std::move(work), std::move(refused));
    if (!joined) {
        const Response response = m_handlers.refuse(request, joined.error());
        if (m_handlers.answered) m_handlers.answered(request, response, 0);
        co_await write(stream, request, response, false);
        co_return;
    }
    struct Count {
        std::atomic<std::int64_t>& live;
        explicit Count(std::atomic<std::int64_t>& l) : live(l) { ++live; }
        ~Count() { --live; }
    } count{m_counters.live};
    http::request<http::string_body> upgrade = parser.release();
    co_await run_websocket(std::move(stream), std::move(upgrade), std::move(*joined),
                           m_options.message_bytes_max);
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, ServerHandlers handlers) {
    ASSERT(options.io_threads > 0 && options.worker_threads > 0);
    ASSERT(handlers.handle && handlers.refuse && handlers.live);
    auto server = std::make_unique<HttpServer>(std::move(options), std::move(handlers));
    TRY(server->listen());
    return std::unique_ptr<Server>(std::move(server));
}

}  // namespace anlan::center
