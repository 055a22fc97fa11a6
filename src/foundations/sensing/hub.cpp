#include "foundations/sensing/hub.h"

#include "foundations/sensing/directory.h"
#include "foundations/sensing/errors.h"
#include "foundations/sensing/identities.h"
#include "foundations/sensing/quarantine.h"

#include <cmath>
#include <shared_mutex>

namespace anlan::sensing {
namespace {

using Durable = std::function<void(Result<void>)>;

/// How many of a delivery's readings belong to no datastream; they are quarantined one by one.
constexpr std::size_t k_unknown_channels_max = 16;

/// What a text field of the register takes (500 characters), cut between characters.
std::string sample_of(std::string_view bytes) {
    constexpr std::size_t k_bytes_max = 480;
    if (bytes.size() <= k_bytes_max) return std::string(bytes);
    std::size_t end = k_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(bytes[end]) & 0xC0) == 0x80) --end;
    return std::string(bytes.substr(0, end));
}

class HubInMemory final : public Hub {
  public:
    explicit HubInMemory(Options options)
        : m_options(std::move(options)),
          m_directory(*m_options.lake, [this] { return make_gate(); }),
          m_quarantine({m_options.records, m_options.clock, m_options.zone,
                        m_options.quarantine_every_ms, [this](const Error& e) { report(e); }}),
          m_identities({m_options.records, m_options.clock, m_options.zone,
                        m_options.identity_every_ms,
                        [this](const DeviceKey& key) { return devices_at(key); },
                        [this](const Error& e) { report(e); }}) {}

    Result<void> load() {
        const std::unique_lock lock(m_mutex);
        TRY(load_space(std::string(bigdata::k_live)));
        TRY_ASSIGN(exercises,
                   m_options.records->all(view(std::string(bigdata::k_live)), "exercise"));
        for (const bigdata::Record& exercise : exercises) {
            if (exercise.state == "running") TRY(load_space(exercise.id.text()));
        }
        return {};
    }

    void take(Delivery delivery, Durable durable) override;
    void listen(Listener listener) override {
        const std::unique_lock lock(m_mutex);
        m_listeners.push_back(std::make_shared<const Listener>(std::move(listener)));
    }
    void on_entry(const bigdata::Entry& entry) override;

    void describe(DeviceKey device, json::object facts) override {
        m_identities.describe(std::move(device), std::move(facts));
    }
    void give_credential(const DeviceKey& device, std::string hash,
                         std::function<void(Result<void>)> done) override;

    [[nodiscard]] std::optional<DeviceKey> by_credential(std::string_view hash) const override {
        const std::shared_lock lock(m_mutex);
        return m_directory.by_credential(hash);
    }
    [[nodiscard]] std::optional<std::string> exercise_of(std::string_view protocol,
                                                         std::string_view address) const override {
        const std::shared_lock lock(m_mutex);
        return m_directory.exercise_of(protocol, address);
    }
    [[nodiscard]] std::shared_ptr<const Stream> stream(
        bigdata::StreamNumber number) const override {
        const std::shared_lock lock(m_mutex);
        return m_directory.stream(number);
    }
    [[nodiscard]] std::vector<std::shared_ptr<const Stream>> streams(
        std::string_view space) const override {
        const std::shared_lock lock(m_mutex);
        return m_directory.streams(space);
    }
    [[nodiscard]] std::shared_ptr<const Stream> find(std::string_view space,
                                                     Uuid datastream) const override {
        const std::shared_lock lock(m_mutex);
        return m_directory.find(space, datastream);
    }

  private:
    /// A delivery sorted out: what is stored, and the channels nobody knows. The streams are the
    /// post's, which the caller holds.
    struct Sorted {
        std::vector<Heard> heard;
        std::vector<bigdata::Observation> observations;
        std::vector<Reading> unknown;
    };

    Options m_options;
    mutable std::shared_mutex m_mutex;  ///< Guards the directory and the list of listeners.
    Directory m_directory;
    std::vector<std::shared_ptr<const Listener>> m_listeners;
    Quarantine m_quarantine;
    Identities m_identities;

    [[nodiscard]] std::vector<Uuid> devices_at(const DeviceKey& key) const {
        const std::shared_lock lock(m_mutex);
        return m_directory.devices_at(key);
    }
    [[nodiscard]] bigdata::View view(std::string space) const {
        return {m_options.zone, std::move(space), {}};
    }
    void report(const Error& error) const {
        if (m_options.report) m_options.report(error);
    }
    [[nodiscard]] std::shared_ptr<Gate> make_gate() const {
        return std::make_shared<Gate>(TokenBucket(
            m_options.readings_per_second, m_options.readings_burst, m_options.clock->steady()));
    }
    /// An exercise sees the live register under its own rows; only its own rows are its devices.
    Result<void> load_space(const std::string& space) {
        for (const char* kind : {"device", "datastream"}) {
            TRY_ASSIGN(records, m_options.records->all(view(space), kind));
            for (const bigdata::Record& record : records) {
                if (record.space == space) m_directory.put(record);
            }
        }
        return {};
    }

    void quarantine(const Delivery& delivery, std::string address, std::vector<Reading> readings) {
        m_quarantine.note({delivery.space, delivery.protocol, std::move(address), delivery.peer,
                           sample_of(delivery.sample), delivery.received, std::move(readings)});
    }
    [[nodiscard]] Result<void> admit(const Delivery& delivery, const Post& post) const;
    [[nodiscard]] Sorted sort(const Delivery& delivery, const Post& post) const;
    [[nodiscard]] bigdata::Observation observation(const Reading& reading,
                                                   Timestamp received) const;
    void tell(const Sorted& sorted,
              const std::vector<std::shared_ptr<const Listener>>& listeners) const;
};

Result<void> HubInMemory::admit(const Delivery& delivery, const Post& post) const {
    if (post.service == Service::off)
        return fail(errors::k_device_out_of_service, {{"address", delivery.address}});
    const auto count = static_cast<double>(delivery.readings.size());
    if (!post.gate->bucket.take(count, m_options.clock->steady())) {
        return fail(
            errors::k_rate_limited,
            {{"address", delivery.address},
             {"per_second", std::to_string(static_cast<long>(m_options.readings_per_second))}});
    }
    for (const Reading& reading : delivery.readings) {
        if (!std::isfinite(reading.value))
            return fail(errors::k_not_finite, {{"channel", reading.channel}});
    }
    return {};
}

bigdata::Observation HubInMemory::observation(const Reading& reading, Timestamp received) const {
    bigdata::Observation out{0, reading.at.value_or(received), received, reading.value,
                             reading.quality};
    const auto ahead_s = static_cast<double>(out.at - received) * 1e-3;
    const bool ahead = ahead_s > m_options.future_tolerance_s;
    if (ahead) out.at = received;
    if ((ahead || -ahead_s > m_options.past_tolerance_s) && out.quality == bigdata::Quality::good) {
        out.quality = bigdata::Quality::uncertain;
    }
    return out;
}

HubInMemory::Sorted HubInMemory::sort(const Delivery& delivery, const Post& post) const {
    Sorted out;
    out.heard.reserve(delivery.readings.size());
    out.observations.reserve(delivery.readings.size());
    for (const Reading& reading : delivery.readings) {
        const auto at = post.channels.find(reading.channel);
        if (at == post.channels.end()) {
            if (out.unknown.size() < k_unknown_channels_max) out.unknown.push_back(reading);
            continue;
        }
        // One detector taken out of service does not silence the unit that speaks for it.
        if (at->second.service == Service::off) continue;
        const Stream& stream = *at->second.stream;
        auto& observed = out.observations.emplace_back(observation(reading, delivery.received));
        observed.stream = stream.number;
        out.heard.push_back({stream, observed});
    }
    return out;
}

void HubInMemory::tell(const Sorted& sorted,
                       const std::vector<std::shared_ptr<const Listener>>& listeners) const {
    for (const auto& listener : listeners) {
        // A rule that fails must not cost the reading, nor the other listeners.
        try {
            (*listener)(sorted.heard);
        } catch (const std::exception& e) {
            report(Error(errors::k_internal, {{"what", e.what()}}));
        }
    }
}

void HubInMemory::take(Delivery delivery, Durable durable) {
    if (delivery.received.ms == 0) delivery.received = m_options.clock->now();
    std::shared_ptr<const Post> post;
    std::vector<std::shared_ptr<const Listener>> listeners;
    {
        const std::shared_lock lock(m_mutex);
        post = m_directory.post(delivery.space, delivery.protocol, delivery.address);
        listeners = m_listeners;
    }
    if (!post) {
        quarantine(delivery, delivery.address, delivery.readings);
        return durable(fail(errors::k_unknown_device,
                            {{"protocol", delivery.protocol}, {"address", delivery.address}}));
    }
    Result<void> outcome;
    {
        const std::lock_guard order(post->gate->mutex);
        outcome = admit(delivery, *post);
        Sorted sorted = outcome ? sort(delivery, *post) : Sorted{};
        for (const Reading& reading : sorted.unknown)
            quarantine(delivery, delivery.address + "#" + reading.channel, {reading});
        if (!sorted.unknown.empty()) {
            outcome =
                fail(errors::k_unknown_channel,
                     {{"address", delivery.address}, {"channel", sorted.unknown.front().channel}});
        }
        if (!sorted.observations.empty()) {
            tell(sorted, listeners);
            m_options.lake->append(
                std::move(sorted.observations),
                [durable = std::move(durable), outcome = std::move(outcome)](Result<void> stored) {
                    durable(stored ? outcome : std::move(stored));
                });
            return;
        }
    }
    durable(std::move(outcome));
}

void HubInMemory::give_credential(const DeviceKey& device, std::string hash,
                                  std::function<void(Result<void>)> done) {
    const auto devices = devices_at(device);
    if (devices.empty())
        return done(fail(errors::k_unknown_device,
                         {{"protocol", device.protocol}, {"address", device.address}}));
    bigdata::Change change;
    change.action = bigdata::Action::update;
    change.kind = "device";
    change.id = devices.front();
    change.fields = {{"credential_hash", std::move(hash)}};
    m_options.records->write_later({.zone = m_options.zone,
                                    .space = device.space,
                                    .author = {{}, "gateway", "gateway"},
                                    .idempotency_key = {},
                                    .request_id = {},
                                    .changes = {std::move(change)}},
                                   [done = std::move(done)](Result<bigdata::Applied> written) {
                                       if (written) return done({});
                                       done(std::unexpected(std::move(written).error()));
                                   });
}

void HubInMemory::on_entry(const bigdata::Entry& entry) {
    const bigdata::Record& record = entry.after;
    if (record.kind == "quarantine" && record.deleted) m_quarantine.forget(record);
    if (record.kind == "exercise" && (record.state != "running" || record.deleted)) {
        const std::unique_lock lock(m_mutex);
        m_directory.drop_space(record.id.text());
    }
    if (record.kind != "device" && record.kind != "datastream") return;
    if (record.zone != m_options.zone) return;
    std::vector<DeviceKey> adopted;
    {
        const std::unique_lock lock(m_mutex);
        m_directory.put(record);
        if (!record.deleted) adopted = m_directory.adopted_by(record);
    }
    for (const DeviceKey& key : adopted) {
        m_quarantine.adopted(key.space, key.protocol, key.address);
        m_identities.adopted(key);
    }
}

}  // namespace

void Hub::give_credential(const DeviceKey& device, std::string hash,
                          std::function<void(Result<void>)> done) {
    static_cast<void>(hash);
    done(fail(errors::k_unknown_device,
              {{"protocol", device.protocol}, {"address", device.address}}));
}

Result<std::unique_ptr<Hub>> Hub::create(Options options) {
    ASSERT(options.records != nullptr && options.lake != nullptr && options.clock != nullptr);
    auto hub = std::make_unique<HubInMemory>(std::move(options));
    TRY(hub->load());
    return hub;
}

}  // namespace anlan::sensing
