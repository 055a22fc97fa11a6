// One live client's socket: writes what its LiveConnection gives, in order; hears what it says;
// pings a silent peer and lets go of a dead one. Included by the server's two files alone.
#pragma once

#include "center/server.h"

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>

namespace anlan::center {

class Transport;

/// Ends when the connection has finished, the peer has gone, or the peer stays silent to pings.
boost::asio::awaitable<void> run_websocket(
    std::shared_ptr<Transport> stream,
    boost::beast::http::request<boost::beast::http::empty_body> upgrade,
    std::shared_ptr<LiveConnection> connection, std::size_t message_bytes_max);

}  // namespace anlan::center
