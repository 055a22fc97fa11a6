#include "center/http_connection.h"

#include "center/errors.h"
#include "center/transport.h"
#include "center/websocket_session.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace anlan::center {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr auto k_answer = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t k_read_bytes = 64 << 10;

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return out;
}

struct Counted {
    std::atomic<std::int64_t>& count;
    explicit Counted(std::atomic<std::int64_t>& c) : count(c) { ++count; }
    ~Counted() { --count; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
};

Error too_large(const ErrorRow& row, std::size_t most) {
    return Error(row, {{"max", std::to_string(most)}});
}

enum class Next { request, end };

class Connection {
  public:
    using Parser = http::request_parser<http::buffer_body>;

    Connection(ServerState& state, Transports& transports, asio::ip::tcp::socket socket,
               ssl_st* tls, std::string peer)
        : m_state(state),
          m_options(state.options),
          m_stream(std::make_shared<Transport>(transports, std::move(socket), tls)),
          m_peer(std::move(peer)) {}

    asio::awaitable<void> serve();

  private:
    asio::awaitable<bool> shake_hands();
    asio::awaitable<Next> serve_one();
    asio::awaitable<bool> wait_for_request();
    asio::awaitable<Next> answer_unread(beast::error_code why);
    asio::awaitable<std::optional<Error>> read_body(Parser& parser, Request& request, bool& cut);
    asio::awaitable<Result<std::size_t>> body_limit(const Request& request);
    asio::awaitable<Next> respond(const Request& request, bool keep);
    asio::awaitable<Response> when_known(Response pending);
    asio::awaitable<Next> refuse(const Request& request, const Error& error);
    asio::awaitable<Next> write(const Request& request, const Response& response, bool keep);
    asio::awaitable<bool> write_pieces(http::response<http::buffer_body>& out,
                                       const Response& response);
    asio::awaitable<void> join_live(Parser& parser, const Request& request);
    asio::awaitable<void> linger();
    template <class T>
    asio::awaitable<T> on_worker(std::function<T()> work, std::function<T()> refused);
    [[nodiscard]] Request fresh_request();

    ServerState& m_state;
    const ServerOptions& m_options;
    std::shared_ptr<Transport> m_stream;
    beast::flat_buffer m_buffer;
    const std::string m_peer;
};

template <class T>
asio::awaitable<T> Connection::on_worker(std::function<T()> work, std::function<T()> refused) {
    auto start = [this](auto handler, std::function<T()> job, std::function<T()> otherwise) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        auto executor = asio::get_associated_executor(*shared);
        auto complete = [shared, executor](T value) {
            asio::post(executor, [shared, value = std::move(value)]() mutable {
                (*shared)(std::move(value));
            });
        };
        if (!m_state.pool.submit([job, complete] { complete(job()); })) {
            ++m_state.counters.refused_busy;
            complete(otherwise());
        }
    };
    return asio::async_initiate<const asio::use_awaitable_t<>, void(T)>(
        std::move(start), asio::use_awaitable, std::move(work), std::move(refused));
}

Request Connection::fresh_request() {
    Request out;
    out.peer = m_peer;
    out.id = m_state.id_prefix + "-" + std::to_string(++m_state.next_id);
    out.channel = m_stream->secure() ? Channel::tls : Channel::plain;
    return out;
}

asio::awaitable<void> Connection::serve() {
    try {
        if (m_stream->secure() && !co_await shake_hands()) co_return;
        while (co_await serve_one() == Next::request) {
        }
        if (m_stream) co_await linger();
    } catch (const std::exception&) {
        // A connection that breaks in an unforeseen way ends alone.
    }
}

asio::awaitable<bool> Connection::shake_hands() {
    m_stream->expires_after(m_options.header_seconds_max);
    const auto [error] =
        co_await m_stream->tls().async_handshake(asio::ssl::stream_base::server, k_answer);
    if (error) ++m_state.counters.tls_refused;
    co_return !error;
}

/// An answer given before the body was read would be lost to a reset: read a little, briefly.
asio::awaitable<void> Connection::linger() {
    m_stream->expires_after(1);
    if (m_stream->secure()) {
        co_await m_stream->tls().async_shutdown(k_answer);
        co_return;
    }
    boost::system::error_code ignored;
    m_stream->socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    std::array<char, 4096> rest{};
    for (int reads = 0; reads < 64; ++reads) {
        const auto [error, size] = co_await m_stream->async_read_some(asio::buffer(rest), k_answer);
        if (error) break;
    }
}

/// Between two requests a connection may be silent for a while, and is then let go without a word.
asio::awaitable<bool> Connection::wait_for_request() {
    if (m_buffer.size() > 0) co_return true;
    m_stream->expires_after(m_options.idle_seconds_max);
    const auto [error, size] =
        co_await m_stream->async_read_some(m_buffer.prepare(k_read_bytes / 16), k_answer);
    if (error) co_return false;
    m_buffer.commit(size);
    co_return true;
}

asio::awaitable<Next> Connection::answer_unread(beast::error_code why) {
    if (m_stream->timed_out()) {
        ++m_state.counters.timeouts;
        co_return co_await refuse(fresh_request(), Error(errors::k_request_timeout));
    }
    const bool parsing =
        why.category() == http::make_error_code(http::error::bad_method).category();
    if (!parsing || why == http::error::end_of_stream || why == http::error::partial_message)
        co_return Next::end;
    if (why == http::error::header_limit) {
        co_return co_await refuse(
            fresh_request(), too_large(errors::k_header_too_large, m_options.header_bytes_max));
    }
    co_return co_await refuse(fresh_request(), Error(errors::k_bad_request_line));
}

asio::awaitable<Next> Connection::serve_one() {
    if (!co_await wait_for_request()) co_return Next::end;
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(m_options.header_bytes_max));
    parser.body_limit(boost::none);  // read_body() counts
    m_stream->expires_after(m_options.header_seconds_max);
    const auto [unread, header_size] =
        co_await http::async_read_header(*m_stream, m_buffer, parser, k_answer);
    if (unread) co_return co_await answer_unread(unread);
    ++m_state.counters.requests;
    Request request = fresh_request();
    const auto& message = parser.get();
    request.method = std::string(message.method_string());
    request.target = std::string(message.target());
    for (const auto& field : message)
        request.headers.emplace_back(lower(field.name_string()), field.value());
    if (message.version() >= 11 && message.count(http::field::host) != 1)
        co_return co_await refuse(request, Error(errors::k_bad_request_line));
    if (!m_state.rate.allow(request.peer, m_state.clock.steady())) {
        ++m_state.counters.refused_rate;
        co_return co_await refuse(request, Error(errors::k_too_many_requests));
    }
    if (beast::websocket::is_upgrade(message)) {
        co_await join_live(parser, request);
        co_return Next::end;
    }
    const bool keep = parser.get().keep_alive() && !m_state.stopping;
    bool cut = false;
    if (!parser.is_done()) {
        const auto refused = co_await read_body(parser, request, cut);
        if (cut) co_return Next::end;
        if (refused) co_return co_await refuse(request, *refused);
    }
    co_return co_await respond(request, keep);
}

/// How large the body may be, once the caller is known to have the right to send a large one.
asio::awaitable<Result<std::size_t>> Connection::body_limit(const Request& request) {
    const std::size_t usual = m_options.body_bytes_max;
    if (!m_state.handlers.body_limit || m_options.body_folder.empty()) co_return usual;
    const std::size_t wanted = m_state.handlers.body_limit(request);
    if (wanted <= usual) co_return usual;
    m_stream->expires_never();
    std::function<Result<void>()> work = [&] { return m_state.handlers.admit(request); };
    std::function<Result<void>()> refused = [] { return Result<void>(fail(errors::k_overloaded)); };
    const Result<void> admitted = co_await on_worker(std::move(work), std::move(refused));
    if (!admitted) co_return std::unexpected(admitted.error());
    co_return wanted;
}

asio::awaitable<std::optional<Error>> Connection::read_body(Parser& parser, Request& request,
                                                            bool& cut) {
    const auto limit = co_await body_limit(request);
    if (!limit) co_return limit.error();
    const auto declared = parser.content_length();
    if (declared && *declared > *limit) co_return too_large(errors::k_body_too_large, *limit);
    m_stream->expires_after(m_options.body_seconds_max);
    if (lower(request.header("expect")) == "100-continue") {
        constexpr std::string_view k_go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        co_await asio::async_write(*m_stream, asio::buffer(k_go_on), k_answer);
    }
    const auto began = m_state.clock.steady();
    std::unique_ptr<BodyFile> file;
    std::string piece(std::min<std::uint64_t>(declared.value_or(k_read_bytes), k_read_bytes), '\0');
    std::size_t received = 0;
    if (declared) request.body.reserve(std::min<std::size_t>(*declared, m_options.body_bytes_max));
    while (!parser.is_done()) {
        parser.get().body().data = piece.data();
        parser.get().body().size = piece.size();
        const auto [error, count] =
            co_await http::async_read_some(*m_stream, m_buffer, parser, k_answer);
        const std::size_t got = piece.size() - parser.get().body().size;
        received += got;
        if (received > *limit) co_return too_large(errors::k_body_too_large, *limit);
        if (error && error != http::error::need_buffer) {
            cut = !m_stream->timed_out();
            if (cut) co_return std::nullopt;
            ++m_state.counters.timeouts;
            co_return Error(errors::k_request_timeout);
        }
        if (!file && request.body.size() + got > m_options.body_bytes_max) {
            auto made = BodyFile::create(m_options.body_folder);
            if (!made) co_return made.error();
            file = std::move(*made);
            if (auto kept = file->append(request.body); !kept) co_return kept.error();
            request.body = {};
        }
        const std::string_view bytes(piece.data(), got);
        if (!file)
            request.body += bytes;
        else if (auto kept = file->append(bytes); !kept)
            co_return kept.error();
        const double since_s = static_cast<double>(m_state.clock.steady() - began) * 1e-6;
        m_stream->expires_after(m_options.body_seconds_max - since_s +
                                static_cast<double>(received) /
                                    m_options.body_bytes_per_second_min);
    }
    if (file) {
        if (auto mapped = file->finish(); !mapped) co_return mapped.error();
        request.body_file = std::move(file);
    }
    co_return std::nullopt;
}

/// Waits for an answer that comes from elsewhere, at most until its deadline.
asio::awaitable<Response> Connection::when_known(Response pending) {
    auto start = [](auto handler, std::shared_ptr<Later> later) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        auto executor = asio::get_associated_executor(*shared);
        auto timer = std::make_shared<asio::steady_timer>(
            executor, std::chrono::duration_cast<asio::steady_timer::duration>(
                          std::chrono::duration<double>(later->deadline_s())));
        timer->async_wait([later](boost::system::error_code ended) {
            if (!ended) later->give_up();
        });
        later->then([shared, executor, timer](Later::Answer answer) {
            asio::post(executor, [shared, timer, answer = std::move(answer)]() mutable {
                timer->cancel();
                (*shared)(std::move(answer));
            });
        });
    };
    m_state.open_answers.add(pending.later);
    Later::Answer answer =
        co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Later::Answer)>(
            std::move(start), asio::use_awaitable, pending.later);
    m_state.open_answers.remove(pending.later);
    co_return pending.finish(std::move(answer));
}

asio::awaitable<Next> Connection::respond(const Request& request, bool keep) {
    const Counted in_work(m_state.in_work);
    Response response;
    const SteadyTime began = m_state.clock.steady();
    if (!m_state.handlers.quick || !m_state.handlers.quick(request, response)) {
        m_stream->expires_never();
        std::function<Response()> work = [&] { return m_state.handlers.handle(request); };
        std::function<Response()> refused = [&] {
            return m_state.handlers.refuse(request, Error(errors::k_overloaded));
        };
        response = co_await on_worker(std::move(work), std::move(refused));
        if (response.later) response = co_await when_known(std::move(response));
    }
    // A streamed answer's work is done while it is written: it is told of at its end.
    const bool streamed = static_cast<bool>(response.next);
    const auto tell = [&] {
        if (m_state.handlers.answered)
            m_state.handlers.answered(request, response, m_state.clock.steady() - began);
    };
    if (!streamed) tell();
    const Next next = co_await write(request, response, keep);
    if (streamed) {
        if (next == Next::end && keep) response.note = "the body was cut off";
        tell();
    }
    co_return next;
}

asio::awaitable<Next> Connection::refuse(const Request& request, const Error& error) {
    const Response response = m_state.handlers.refuse(request, error);
    if (m_state.handlers.answered) m_state.handlers.answered(request, response, 0);
    co_return co_await write(request, response, false);
}

template <class Message>
void fill_header(Message& out, const Request& request, const Response& response, bool keep) {
    out.result(static_cast<unsigned>(response.status));
    out.version(11);
    out.keep_alive(keep);
    if (!response.content_type.empty()) out.set(http::field::content_type, response.content_type);
    for (const auto& [name, value] : response.headers) out.insert(name, value);
    out.set("X-Request-Id", request.id);
}

asio::awaitable<Next> Connection::write(const Request& request, const Response& response,
                                        bool keep) {
    const bool head = request.method == "HEAD";
    m_stream->expires_after(m_options.write_seconds_max);
    if (response.next) {
        http::response<http::buffer_body> out;
        fill_header(out, request, response, keep);
        if (response.length)
            out.content_length(*response.length);
        else
            out.chunked(true);
        if (!head)
            co_return co_await write_pieces(out, response) && keep ? Next::request : Next::end;
        out.body().more = false;
        http::response_serializer<http::buffer_body> serializer(out);
        const auto [error, size] =
            co_await http::async_write_header(*m_stream, serializer, k_answer);
        co_return keep && !error ? Next::request : Next::end;
    }
    http::response<http::span_body<char const>> out;
    fill_header(out, request, response, keep);
    const std::string_view bytes =
        response.body ? std::string_view(*response.body) : std::string_view{};
    const bool bodyless = response.status == 204 || response.status == 304;
    if (!bodyless) out.content_length(bytes.size());
    if (!head && !bodyless) out.body() = {bytes.data(), bytes.size()};
    http::response_serializer<http::span_body<char const>> serializer(out);
    boost::system::error_code error;
    if (head) {
        std::tie(error, std::ignore) =
            co_await http::async_write_header(*m_stream, serializer, k_answer);
    } else {
        std::tie(error, std::ignore) = co_await http::async_write(*m_stream, serializer, k_answer);
    }
    if (m_stream->timed_out()) ++m_state.counters.timeouts;
    co_return keep && !error ? Next::request : Next::end;
}

/// True when the client has the whole of it.
asio::awaitable<bool> Connection::write_pieces(http::response<http::buffer_body>& out,
                                               const Response& response) {
    using Piece = Result<std::string>;
    http::response_serializer<http::buffer_body> serializer(out);
    out.body().data = nullptr;
    out.body().more = true;
    auto [error, size] = co_await http::async_write_header(*m_stream, serializer, k_answer);
    std::uint64_t sent = 0;
    while (!error) {
        m_stream->expires_never();
        std::function<Piece()> work = [&] { return response.next(); };
        std::function<Piece()> refused = [] { return Piece(fail(errors::k_overloaded)); };
        Piece piece = co_await on_worker(std::move(work), std::move(refused));
        if (!piece) co_return false;
        sent += piece->size();
        // More than announced would run into the next answer.
        if (response.length &&
            (sent > *response.length || (piece->empty() && sent < *response.length)))
            co_return false;
        const bool last = piece->empty();
        out.body().data = last ? nullptr : piece->data();
        out.body().size = piece->size();
        out.body().more = !last;
        m_stream->expires_after(m_options.write_seconds_max);
        std::tie(error, size) = co_await http::async_write(*m_stream, serializer, k_answer);
        if (error == http::error::need_buffer) error = {};
        if (last) co_return !error;
    }
    if (m_stream->timed_out()) ++m_state.counters.timeouts;
    co_return false;
}

asio::awaitable<void> Connection::join_live(Parser& parser, const Request& request) {
    using Joined = Result<std::shared_ptr<LiveConnection>>;
    m_stream->expires_never();
    std::function<Joined()> work = [&] { return m_state.handlers.live(request); };
    std::function<Joined()> refused = [] { return Joined(fail(errors::k_overloaded)); };
    Joined joined = co_await on_worker(std::move(work), std::move(refused));
    if (!joined) {
        co_await refuse(request, joined.error());
        co_return;
    }
    const Counted live(m_state.counters.live);
    http::request<http::empty_body> upgrade(std::move(parser.get().base()));
    co_await run_websocket(std::move(m_stream), std::move(upgrade), std::move(*joined),
                           m_options.message_bytes_max);
}

}  // namespace

asio::awaitable<void> serve_connection(ServerState& state, Transports& transports,
                                       asio::ip::tcp::socket socket, ssl_st* tls,
                                       std::string peer) {
    Connection connection(state, transports, std::move(socket), tls, std::move(peer));
    co_await connection.serve();
}

}  // namespace anlan::center
