package io.thumbwheel.schemas.event;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Names the network that a request came from without storing the address: a keyed hash of the
/// first 24 bits of an IPv4 address or the first 48 of an IPv6 one, what a provider hands to one
/// customer (RFC 6177).
public final class Network {
    private static final int IPV4_PREFIX_BYTES = 3;
    private static final int IPV6_PREFIX_BYTES = 6;
    private static final Pattern IPV4_WITH_PORT = Pattern.compile("(\\d+(?:\\.\\d+){3}):\\d+");

    private Network() {}

    /// The pseudonym of the network, 16 hex digits; empty where the text is no address.
    ///
    /// @param address a literal, with or without port, brackets and zone; names are never resolved
    public static Optional<String> of(SigningKey signing, @Nullable String address) {
        if (address == null) {
            return Optional.empty();
        }
        String literal = literal(address.strip());
        try {
            byte[] bytes = InetAddress.ofLiteral(literal).getAddress();
            int prefix = bytes.length == 4 ? IPV4_PREFIX_BYTES : IPV6_PREFIX_BYTES;
            String network = HexFormat.of().formatHex(Arrays.copyOf(bytes, prefix));
            return Optional.of(signing.mac("network", network).substring(0, 16));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String literal(String address) {
        var withPort = IPV4_WITH_PORT.matcher(address);
        if (withPort.matches()) {
            return withPort.group(1);
        }
        String bare = address;
        if (bare.startsWith("[") && bare.contains("]")) {
            bare = bare.substring(1, bare.indexOf(']'));
        }
        int zone = bare.indexOf('%');
        return zone < 0 ? bare : bare.substring(0, zone);
    }
}
