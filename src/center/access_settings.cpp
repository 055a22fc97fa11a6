#include "center/access_settings.h"

#include "center/errors.h"

#include <yaml-cpp/yaml.h>

namespace anlan::center {
namespace {

constexpr std::int64_t k_minute_ms = 60'000, k_hour_ms = 60 * k_minute_ms;

/// Reads whole numbers within bounds; the first one that is wrong is kept.
class Reader {
  public:
    Reader(const std::filesystem::path& file, const YAML::Node& root)
        : m_file(file.filename().string()), m_root(root) {}

    std::int64_t number(const char* group, const char* key, std::int64_t least, std::int64_t most) {
        const YAML::Node node = m_root[group] ? m_root[group][key] : YAML::Node();
        const auto value =
            node.IsDefined() && node.IsScalar() ? node.as<std::int64_t>(least - 1) : least - 1;
        if (value >= least && value <= most) return value;
        const int line = node.IsDefined() ? node.Mark().line + 1 : 0;
        if (m_wrong.empty()) {
            m_wrong = m_file + ":" + std::to_string(line) + ": " + group + "." + key +
                      " should be a whole number from " + std::to_string(least) + " to " +
                      std::to_string(most);
        }
        return least;
    }
    [[nodiscard]] const std::string& wrong() const { return m_wrong; }

  private:
    const std::string m_file;
    const YAML::Node m_root;
    std::string m_wrong;
};

}  // namespace

Result<void> read_access_settings(const std::filesystem::path& file,
                                  bigdata::Accounts::Options& into) {
    try {
        const YAML::Node root = YAML::LoadFile(file.string());
        Reader read(file, root);
        into.idle_ms = read.number("sessions", "idle_minutes", 1, 1440) * k_minute_ms;
        into.absolute_ms = read.number("sessions", "absolute_hours", 1, 168) * k_hour_ms;
        into.account_tries = static_cast<int>(read.number("sign_in", "account_tries", 3, 20));
        into.peer_tries = static_cast<int>(read.number("sign_in", "address_tries", 3, 1000));
        into.lock_out_ms = read.number("sign_in", "lock_out_minutes", 1, 1440) * k_minute_ms;
        auto& passwords = into.passwords;
        passwords.characters_min =
            static_cast<std::size_t>(read.number("passwords", "characters_min", 8, 64));
        passwords.different_min =
            static_cast<std::size_t>(read.number("passwords", "different_min", 1, 20));
        passwords.history = static_cast<std::size_t>(read.number("passwords", "history", 0, 24));
        passwords.days_max = read.number("passwords", "days_max", 0, 3660);
        into.token_days_max = read.number("tokens", "days_max", 1, 3660);
        into.tokens_max =
            static_cast<std::size_t>(read.number("tokens", "of_one_account_max", 0, 1000));
        into.audit_days = read.number("audit", "keep_days", bigdata::k_audit_days_min, 36'600);
        if (!read.wrong().empty())
            return fail(errors::k_bad_configuration, {{"what", read.wrong()}});
        const auto common = root["passwords"]["common"].as<std::string>("");
        if (common.empty() || common.find('/') != common.npos)
            return fail(errors::k_bad_configuration,
                        {{"what", file.filename().string() + ": passwords.common should be the "
                                                             "name of a file beside it"}});
        TRY_ASSIGN(words, bigdata::load_common_passwords(file.parent_path() / common));
        passwords.common = std::move(words);
        return {};
    } catch (const YAML::BadFile&) {
        return fail(errors::k_io, {{"what", file.string()}});
    } catch (const YAML::Exception& e) {
        return fail(errors::k_bad_configuration,
                    {{"what", file.filename().string() + ": " + e.what()}});
    }
}

}  // namespace anlan::center
