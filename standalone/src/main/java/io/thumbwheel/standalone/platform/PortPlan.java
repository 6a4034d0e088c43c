package io.thumbwheel.standalone.platform;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The ports of a platform, all on the loopback address, counted from one base.
///
/// @param base the port of serving, 1024 to 65000
public record PortPlan(int base) {
    /// Where nothing else is said.
    public static final int DEFAULT_BASE = 8080;

    public PortPlan {
        if (base < 1024 || base > 65000) {
            throw new IllegalArgumentException(
                    "the port base must be between 1024 and 65000, got " + base);
        }
    }

    int serving() {
        return base;
    }

    int feedback() {
        return base + 1;
    }

    int trainer() {
        return base + 2;
    }

    int kafka() {
        return base + 10;
    }

    int kafkaController() {
        return base + 11;
    }

    int redis() {
        return base + 12;
    }

    /// Tries all ports.
    ///
    /// @param patience how long a taken one may still become free
    /// @throws CannotRunException names the taken port
    void check(Duration patience) throws CannotRunException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<Map.Entry<String, Integer>> taken =
                    named().entrySet().stream().filter(port -> taken(port.getValue())).findFirst();
            if (taken.isEmpty()) {
                return;
            }
            if (System.nanoTime() > end) {
                throw new CannotRunException(
                        "port %d (%s) is taken: stop what uses it, or move all ports with --port-base N"
                                .formatted(taken.get().getValue(), taken.get().getKey()));
            }
            Pause.of(Duration.ofMillis(200));
        }
    }

    private Map<String, Integer> named() {
        Map<String, Integer> ports = new LinkedHashMap<>();
        ports.put("serving", serving());
        ports.put("feedback", feedback());
        ports.put("trainer", trainer());
        ports.put("Kafka", kafka());
        ports.put("Kafka's controller", kafkaController());
        ports.put("Redis", redis());
        return ports;
    }

    private static boolean taken(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
