package io.millrace.client.admin;

import org.jspecify.annotations.Nullable;

/**
 * One configuration of a topic. Immutable.
 *
 * @param value null when it is sensitive or has none
 * @param setOnTopic set for this topic, not inherited from the broker or its defaults
 */
public record ConfigEntry(String name, @Nullable String value, boolean setOnTopic, boolean sensitive) {}
