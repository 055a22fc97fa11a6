// `anlan serve`: opens everything in order, wires it, and closes it in the opposite order.
//
// Start: data folder (0700, locked) → catalog → register → accounts → lake → the shipped zone, when
// the register is empty → hub → map → applications (their memory, from the records) → live feed →
// the journal's dispatch → gateways → screens, routes, HTTP server → backups → simulators of the
// demonstration. Stop: HTTP (live clients hear bye:shutdown) → simulators → gateways → ticks →
// dispatch → applications → lake → register.
#pragma once

#include "center/configuration.h"
#include "center/demonstration.h"
#include "center/first_start.h"
#include "center/zone_import.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace anlan::center {

class Program {
  public:
    /// What a person at the terminal should learn, once.
    struct Announcement {
        std::string address;         ///< "http://127.0.0.1:8080"
        std::string secure_address;  ///< "https://127.0.0.1:8443"; empty without TLS.
        std::string phone_address;   ///< Of the page for phones; empty when no phone can come.
        std::string root_sha256;     ///< Fingerprint of the local root.
        std::vector<NewPassword> passwords;
        std::vector<EntranceLink> links;
        struct Gateway {
            std::string title;
            std::uint16_t port = 0, exercise_port = 0;
        };
        std::vector<Gateway> gateways;  ///< Where devices connect.
        std::uint16_t http_port = 0;
        std::int64_t started_in_ms = 0;
    };
    /// Serves when this returns.
    static Result<std::unique_ptr<Program>> start(Configuration configuration);
    /// The OpenAPI text, from a program that is opened on an empty folder and does not serve.
    static Result<std::string> openapi(Configuration configuration);
    /// Reads catalog and zone, writes them into a folder that is thrown away. Answers the number of
    /// records. Errors: catalog_wrong, bad_lines, with file and line.
    static Result<std::size_t> check(const Configuration& configuration);
    /// Into the data folder, which no server may be using. Errors: data_in_use, io.
    static Result<Imported> import(const Configuration& configuration,
                                   const std::vector<std::filesystem::path>& files);

    virtual ~Program() = default;
    [[nodiscard]] virtual const Announcement& announcement() const = 0;
    virtual void stop() = 0;
};

}  // namespace anlan::center
