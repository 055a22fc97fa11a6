// One live client's socket: writes what its LiveConnection gives, in order; hears what it says;
// pings a silent peer and lets go of a dead one. Included by the server's two files alone.
#pragma once

#include "center/server.h"

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

namespace anlan::center {

/// Ends when the connection has finished, the peer has gone, or the peer stays silent to pings.
boost::asio::awaitable<void> run_websocket(
    boost::beast::tcp_stream stream,
    boost::beast::http::request<boost::beast::http::string_body> upgrade,
    std::shared_ptr<LiveConnection> connection, std::size_t message_bytes_max);

}  // namespace anlan::center
