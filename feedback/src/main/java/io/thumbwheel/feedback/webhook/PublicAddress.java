package io.thumbwheel.feedback.webhook;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// Keeps outgoing webhooks from reaching into the network that this service stands in: a URL of
/// outside may resolve to an address inside. The address that was checked is the one connected to.
final class PublicAddress {
    private PublicAddress() {}

    /// An address of a host, all of whose addresses are public.
    ///
    /// @param allowPrivate whether others will do
    /// @throws UnknownHostException where it has none or one that is not public
    static InetAddress of(String host, boolean allowPrivate) throws UnknownHostException {
        InetAddress[] all = InetAddress.getAllByName(host);
        for (InetAddress address : all) {
            if (!allowPrivate && !isPublic(address)) {
                throw new UnknownHostException(
                        "%s is at %s, which is no public address: set allow_private where that is meant"
                                .formatted(host, address.getHostAddress()));
            }
        }
        return all[0];
    }

    /// Whether it is a unicast address of the open Internet. An IPv4 address within an IPv6 one
    /// (mapped, compatible, NAT64, 6to4) is looked at itself.
    static boolean isPublic(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        return address instanceof Inet6Address v6
                ? isPublic6(v6.getAddress())
                : isPublic(address.getAddress());
    }

    /// Not 0/8, 100.64/10 (carrier's), 192.0.0/24, 198.18/15 (benchmarks), 240/4 (RFC 6890).
    private static boolean isPublic(byte[] v4) {
        int first = v4[0] & 0xff;
        int second = v4[1] & 0xff;
        return first != 0
                && first < 240
                && !(first == 100 && second >= 64 && second < 128)
                && !(first == 192 && second == 0 && v4[2] == 0)
                && !(first == 198 && (second == 18 || second == 19));
    }

    private static boolean isPublic6(byte[] v6) {
        boolean uniqueLocal = (v6[0] & 0xfe) == 0xfc;
        if (uniqueLocal) {
            return false;
        }
        byte[] nat64 = {0x00, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
        if (startsWith(v6, new byte[12]) || startsWith(v6, nat64)) {
            return isPublicInside(Arrays.copyOfRange(v6, 12, 16));
        }
        return !startsWith(v6, new byte[] {0x20, 0x02})
                || isPublicInside(Arrays.copyOfRange(v6, 2, 6));
    }

    private static boolean isPublicInside(byte[] v4) {
        try {
            return isPublic(InetAddress.getByAddress(v4));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    private static boolean startsWith(byte[] bytes, byte[] start) {
        return Arrays.equals(bytes, 0, start.length, start, 0, start.length);
    }
}
