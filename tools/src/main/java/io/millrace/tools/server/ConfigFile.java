package io.millrace.tools.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.millrace.broker.config.ConfigException;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * A configuration file: YAML ({@code .yaml}, {@code .yml}), nested or with dots in its keys, or properties as Kafka's
 * ({@code .properties}, {@code .conf}). Only reads; whether the keys exist is the configuration's business.
 */
final class ConfigFile {

    /** A configuration is a page or two; whatever is longer is another file. */
    private static final long MAX_BYTES = 1024 * 1024;

    private ConfigFile() {}

    /**
     * The file's keys and values, in its order (properties: by key).
     *
     * @throws ConfigException naming the file and what is wrong with it
     */
    static Map<String, String> read(Path file) {
        String name =
                file.getFileName() == null ? "" : file.getFileName().toString().toLowerCase(Locale.ROOT);
        try {
            if (Files.isDirectory(file)) {
                throw new ConfigException(file + " is a folder: name the configuration file in it");
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new ConfigException(file + " is larger than " + MAX_BYTES + " bytes: not a configuration file");
            }
            if (name.endsWith(".yaml") || name.endsWith(".yml")) {
                return yaml(file, Files.readString(file));
            }
            if (name.endsWith(".properties") || name.endsWith(".conf")) {
                return properties(file, Files.readString(file));
            }
            throw new ConfigException(
                    file + ": its name says neither YAML nor properties: call it .yaml or .properties");
        } catch (NoSuchFileException e) {
            throw new ConfigException("There is no configuration file " + file.toAbsolutePath());
        } catch (IOException e) {
            throw new ConfigException("Cannot read " + file + ": " + e.getMessage());
        }
    }

    private static Map<String, String> yaml(Path file, String text) throws IOException {
        YAMLMapper mapper = YAMLMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .build();
        JsonNode root;
        try {
            root = mapper.readTree(text);
        } catch (JsonProcessingException e) {
            throw new ConfigException(file + " is not good YAML, line "
                    + (e.getLocation() == null ? "?" : e.getLocation().getLineNr()) + ": " + e.getOriginalMessage());
        }
        Map<String, String> values = new LinkedHashMap<>();
        if (root == null || root.isMissingNode() || root.isNull()) {
            return values;
        }
        if (!root.isObject()) {
            throw new ConfigException(file + " holds no mapping: write lines of 'key: value'");
        }
        flatten(file, "", root, values);
        return values;
    }

    private static void flatten(Path file, String prefix, JsonNode node, Map<String, String> values) {
        node.properties().forEach(entry -> {
            String key = prefix.isEmpty() ? entry.getKey() : prefix + "." + entry.getKey();
            JsonNode value = entry.getValue();
            if (value.isObject()) {
                flatten(file, key, value, values);
            } else if (values.put(key, text(file, key, value)) != null) {
                throw new ConfigException(file + " gives " + key + " twice: keep one");
            }
        });
    }

    private static String text(Path file, String key, JsonNode value) {
        if (value.isNull()) {
            throw new ConfigException(file + " gives no value for " + key + ": write one or leave the line out");
        }
        if (!value.isArray()) {
            return value.asText();
        }
        List<String> entries = new ArrayList<>();
        for (JsonNode entry : value) {
            if (!entry.isValueNode() || entry.isNull()) {
                throw new ConfigException(file + ": the list " + key + " may hold plain values only");
            }
            entries.add(entry.asText());
        }
        return String.join(",", entries);
    }

    private static Map<String, String> properties(Path file, String text) throws IOException {
        Properties read = new Properties();
        try (Reader reader = new StringReader(text)) {
            read.load(reader);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(file + " is not a good properties file: " + e.getMessage());
        }
        Map<String, String> values = new LinkedHashMap<>();
        read.stringPropertyNames().stream()
                .sorted()
                .forEach(key -> values.put(key, read.getProperty(key).trim()));
        return values;
    }
}
