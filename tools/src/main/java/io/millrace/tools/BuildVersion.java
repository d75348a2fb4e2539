package io.millrace.tools;

import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the jar. */
final class BuildVersion implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {"millrace " + text(), "Java " + Runtime.version() + " on " + System.getProperty("os.name")
        };
    }

    static String text() {
        String version = Millrace.class.getPackage().getImplementationVersion();
        return version == null ? "(unpackaged)" : version;
    }
}
