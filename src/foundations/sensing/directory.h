// Which devices and datastreams there are, by what gateways, rules and screens ask for: kept in
// memory from the register's records. Not thread-safe; the hub locks.
#pragma once

#include "foundations/sensing/hub.h"
#include "foundations/sensing/token_bucket.h"

#include <map>
#include <mutex>
#include <set>
#include <unordered_map>

namespace anlan::sensing {

/// Lives as long as its address is known, whatever else about it changes.
struct Gate {
    explicit Gate(TokenBucket b) : bucket(b) {}
    std::mutex mutex;  ///< Held while a delivery is judged: order per device.
    TokenBucket bucket;
};

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};
template <class T>
using TextMap = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

/// Whether what a device sends counts.
enum class Service { on, off };

/// What speaks under one address, as a gateway meets it: a device, or a fire unit with the
/// detectors behind it. Never changes once made; a change makes a new one.
struct Post {
    struct Channel {
        std::shared_ptr<const Stream> stream;
        Service service = Service::on;
    };
    Service service = Service::on;  ///< Off when every device of the address is.
    std::shared_ptr<Gate> gate;
    TextMap<Channel> channels;
};

class Directory {
  public:
    using MakeGate = std::function<std::shared_ptr<Gate>()>;
    Directory(bigdata::Lake& lake, MakeGate make_gate)
        : m_lake(lake), m_make_gate(std::move(make_gate)) {}

    /// A device or datastream as it is now; one marked deleted goes. Older news than what is known
    /// (by journal sequence) is ignored, so that reading and listening may overlap.
    void put(const bigdata::Record& record);
    /// The quarantine entries that a device or datastream settles: its address, or address#channel.
    [[nodiscard]] std::vector<Hub::DeviceKey> adopted_by(const bigdata::Record& record) const;
    /// Forgets all of a space.
    void drop_space(std::string_view space);

    [[nodiscard]] std::shared_ptr<const Post> post(std::string_view space,
                                                   std::string_view protocol,
                                                   std::string_view address) const;
    /// The devices of the address, without those behind them.
    [[nodiscard]] std::vector<Uuid> devices_at(const Hub::DeviceKey& key) const;
    [[nodiscard]] std::optional<Hub::DeviceKey> by_credential(std::string_view hash) const;
    [[nodiscard]] std::optional<std::string> exercise_of(std::string_view protocol,
                                                         std::string_view address) const;
    [[nodiscard]] std::shared_ptr<const Stream> stream(bigdata::StreamNumber number) const;
    [[nodiscard]] std::shared_ptr<const Stream> find(std::string_view space, Uuid datastream) const;
    [[nodiscard]] std::vector<std::shared_ptr<const Stream>> streams(std::string_view space) const;

  private:
    struct Device {
        bigdata::Record record;
        std::string key;  ///< Of m_posts.
        Uuid parent;
        std::string credential;
    };
    struct Datastream {
        bigdata::Record record;
        Uuid device;
        std::shared_ptr<const Stream> stream;  ///< Null while its device is unknown.
    };
    /// All of one space: an exercise ends as a whole.
    struct Space {
        std::map<Uuid, Device> devices;
        std::map<Uuid, Datastream> datastreams;
        std::map<Uuid, std::set<Uuid>> datastreams_of;  ///< By device.
        std::map<Uuid, std::set<Uuid>> children_of;     ///< By parent device.
        TextMap<std::set<Uuid>> devices_at;             ///< By key of m_posts.
    };

    bigdata::Lake& m_lake;
    MakeGate m_make_gate;
    std::map<std::string, Space, std::less<>> m_spaces;
    TextMap<std::shared_ptr<const Post>> m_posts;  ///< By space, protocol, address.
    TextMap<Hub::DeviceKey> m_credentials;
    TextMap<std::string> m_exercise_of;  ///< By protocol, address.
    std::unordered_map<bigdata::StreamNumber, std::shared_ptr<const Stream>> m_streams;

    void put_device(Space& space, const bigdata::Record& record);
    void put_datastream(Space& space, const bigdata::Record& record);
    void forget_device(Space& space, std::map<Uuid, Device>::iterator at);
    void refresh(Space& space, Uuid device);
    void rebuild_streams(Space& space, const Device& device);
    void rebuild_posts(Space& space, const Device& device);
    void rebuild_post(Space& space, const std::string& key);
};

}  // namespace anlan::sensing
