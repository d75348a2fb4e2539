package io.millrace.client.connection;

import io.millrace.protocol.message.ApiKey;

/**
 * The versions of an API that a piece of client code can write and read, both inclusive. Immutable.
 *
 * <p>Negotiation takes the highest one that the broker has too.
 */
public record ApiRange(ApiKey api, short lowestVersion, short highestVersion) {

    public ApiRange {
        if (lowestVersion < api.lowestVersion()
                || highestVersion < lowestVersion
                || highestVersion > api.highestVersion()) {
            throw new IllegalArgumentException(
                    api + " versions " + lowestVersion + " to " + highestVersion + " are not within the schema's");
        }
    }

    public static ApiRange of(ApiKey api, int lowestVersion, int highestVersion) {
        return new ApiRange(api, (short) lowestVersion, (short) highestVersion);
    }
}
