package io.millrace.broker.metadata;

import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.ApiTable;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.request.RequestRouter;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.ApiVersionsRequest;
import io.millrace.protocol.message.ApiVersionsResponse;
import java.util.regex.Pattern;

/** ApiVersions, versions 0 to 4 (KIP-35, KIP-511): the table of what this broker offers. */
public final class ApiVersionsHandler implements ApiHandler<ApiVersionsRequest>, RequestRouter.ApiVersionsAnswer {

    /** First version whose request names the client software. */
    private static final int FIRST_SOFTWARE_NAME_VERSION = 3;
    /** KIP-511: letters, digits, dots and dashes, neither of the two at an end. The length is our bound. */
    private static final Pattern SOFTWARE_WORD = Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,253}[a-zA-Z0-9])?");

    private final ApiTable table;

    public ApiVersionsHandler(ApiTable table) {
        this.table = table;
    }

    @Override
    public void handle(RequestContext context, ApiVersionsRequest request) {
        if (context.version() >= FIRST_SOFTWARE_NAME_VERSION
                && !(isSoftwareWord(request.clientSoftwareName()) && isSoftwareWord(request.clientSoftwareVersion()))) {
            context.answer(new ApiVersionsResponse().errorCode(ErrorCode.INVALID_REQUEST.code()));
            return;
        }
        context.answer(offered());
    }

    @Override
    public ApiVersionsResponse unsupportedVersion() {
        return offered().errorCode(ErrorCode.UNSUPPORTED_VERSION.code());
    }

    private ApiVersionsResponse offered() {
        ApiVersionsResponse response = new ApiVersionsResponse();
        for (ApiTable.Route route : table.routes()) {
            response.apiKeys()
                    .add(new ApiVersionsResponse.ApiVersion()
                            .apiKey(route.api().id())
                            .minVersion(route.advertisedFrom())
                            .maxVersion(route.to()));
        }
        return response;
    }

    private static boolean isSoftwareWord(String text) {
        return SOFTWARE_WORD.matcher(text).matches();
    }
}
