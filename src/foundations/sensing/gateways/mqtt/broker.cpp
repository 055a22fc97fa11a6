#include "foundations/sensing/gateways/mqtt/broker.h"

#include "foundations/sensing/gateways/mqtt/errors.h"

#include <mosquitto.h>

#include <fstream>

namespace anlan::sensing::mqtt {
namespace {

constexpr int k_keep_alive_s = 60;
constexpr unsigned k_pause_s = 1, k_pause_s_max = 60;
constexpr std::string_view k_system_authorities = "/etc/ssl/certs";

/// The library's own start and end, once in the program.
void initialise() {
    struct Library {
        Library() { mosquitto_lib_init(); }
        ~Library() { mosquitto_lib_cleanup(); }
        Library(const Library&) = delete;
        Library& operator=(const Library&) = delete;
    };
    static const Library library;
}

class Reader final : public BrokerReader {
  public:
    Reader(const BrokerSettings& settings, std::shared_ptr<Shared> shared)
        : m_settings(settings), m_shared(std::move(shared)) {}
    ~Reader() override {
        if (m_client == nullptr) return;
        mosquitto_disconnect(m_client);
        if (m_running) mosquitto_loop_stop(m_client, true);
        mosquitto_destroy(m_client);
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    Result<void> start() {
        initialise();
        // The broker keeps our session, and so what comes while we are away.
        m_client = mosquitto_new(m_settings.client_id.c_str(), false, this);
        if (m_client == nullptr) return fail(errors::k_internal, {{"what", "mosquitto_new"}});
        mosquitto_connect_callback_set(m_client, [](mosquitto*, void* self, int code) {
            static_cast<Reader*>(self)->connected(code);
        });
        mosquitto_disconnect_callback_set(m_client, [](mosquitto*, void* self, int code) {
            if (code != 0) static_cast<Reader*>(self)->lost(mosquitto_strerror(code));
        });
        mosquitto_message_callback_set(
            m_client, [](mosquitto*, void* self, const mosquitto_message* message) {
                static_cast<Reader*>(self)->heard(*message);
            });
        TRY(set_credentials());
        mosquitto_reconnect_delay_set(m_client, k_pause_s, k_pause_s_max, true);
        const int code = mosquitto_connect_async(m_client, m_settings.host.c_str(), m_settings.port,
                                                 k_keep_alive_s);
        // A broker that is not there now is tried again by the library's thread.
        if (code == MOSQ_ERR_INVAL) return problem(mosquitto_strerror(code));
        if (mosquitto_loop_start(m_client) != MOSQ_ERR_SUCCESS)
            return fail(errors::k_internal, {{"what", "mosquitto_loop_start"}});
        m_running = true;
        return {};
    }
    [[nodiscard]] std::uint64_t losses() const override { return m_losses; }

  private:
    const BrokerSettings m_settings;
    std::shared_ptr<Shared> m_shared;
    mosquitto* m_client = nullptr;
    bool m_running = false;
    std::atomic<std::uint64_t> m_losses{0};

    [[nodiscard]] std::unexpected<Error> problem(std::string what) const {
        return fail(errors::k_mqtt_broker,
                    {{"host", m_settings.host + ":" + std::to_string(m_settings.port)},
                     {"what", std::move(what)}});
    }
    void report(const Error& error) const {
        if (m_shared->report) m_shared->report(error);
    }

    Result<void> set_credentials() {
        if (!m_settings.username.empty()) {
            std::string password;
            if (!m_settings.password_file.empty()) {
                std::ifstream file(m_settings.password_file);
                if (!std::getline(file, password)) return problem(m_settings.password_file);
            }
            mosquitto_username_pw_set(m_client, m_settings.username.c_str(),
                                      password.empty() ? nullptr : password.c_str());
        }
        if (!m_settings.tls) return {};
        const bool system = m_settings.ca_file.empty();
        const int code = mosquitto_tls_set(m_client, system ? nullptr : m_settings.ca_file.c_str(),
                                           system ? k_system_authorities.data() : nullptr, nullptr,
                                           nullptr, nullptr);
        if (code != MOSQ_ERR_SUCCESS) return problem(m_settings.ca_file);
        return {};
    }

    void connected(int code) {
        if (code != 0) return lost(mosquitto_connack_string(code));
        for (const std::string& topic : m_settings.topics)
            mosquitto_subscribe(m_client, nullptr, topic.c_str(), 1);
    }
    void lost(const char* what) {
        ++m_losses;
        report(problem(what).error());
    }

    /// The library's door: C calls this.
    void heard(const mosquitto_message& message) noexcept {
        try {
            take(message);
        } catch (const std::exception& e) {
            report(Error(errors::k_internal, {{"what", e.what()}}));
        }
    }
    void take(const mosquitto_message& message) {
        Counters& counters = m_shared->counters;
        ++counters.messages;
        const std::string_view topic = message.topic;
        const std::string_view payload(static_cast<const char*>(message.payload),
                                       static_cast<std::size_t>(message.payloadlen));
        const TopicRule* rule = rule_of(m_shared->settings.topics, topic);
        const auto address = rule == nullptr ? std::nullopt : address_of(*rule, topic);
        if (!address || address->empty()) {
            ++counters.unreadable;
            return report(problem("no address: " + std::string(topic)).error());
        }
        Delivery delivery{std::string(k_protocol),
                          std::string(bigdata::k_live),
                          std::string(*address),
                          m_settings.host,
                          sample_of(topic, payload),
                          m_shared->clock->now(),
                          {}};
        const Message own{topic, payload, *address, delivery.received};
        // Unreadable or not: the hub lists a device that nobody knows.
        if (const auto read = readings_of(own, rule, delivery.readings); !read) {
            ++counters.unreadable;
            report(read.error());
        }
        m_shared->hub->take(std::move(delivery), [shared = m_shared](const Result<void>& stored) {
            ++(is_accepted(stored) ? shared->counters.stored : shared->counters.refused);
        });
    }
};

}  // namespace

Result<std::unique_ptr<BrokerReader>> BrokerReader::start(const BrokerSettings& settings,
                                                          std::shared_ptr<Shared> shared) {
    auto reader = std::make_unique<Reader>(settings, std::move(shared));
    TRY(reader->start());
    return reader;
}

}  // namespace anlan::sensing::mqtt
