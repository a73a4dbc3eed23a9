import Platform

/// The body of a chat completion request in the OpenAI wire format.
///
/// Streaming is always asked for, also where the caller wants the whole text:
/// only then does the idle limit see that the model is at work.
struct ChatRequest: Sendable {
    let messages: [ProviderMessage]
    let tools: [ProviderTool]
    let settings: ProviderSettings

    var bytes: [UInt8] {
        var writer = JSONWriter(reserving: 4096)
        writer.object { writer in
            writer.field("model", settings.model)
            writer.array("messages") { writer in
                for message in messages { write(message, into: &writer) }
            }
            writer.field("stream", true)
            writer.object("stream_options") { $0.field("include_usage", true) }
            if let temperature = settings.temperature { writer.field("temperature", temperature) }
            if let maxTokens = settings.maxTokens { writer.field("max_tokens", maxTokens) }
            guard !tools.isEmpty else { return }
            writer.array("tools") { writer in
                for tool in tools { write(tool, into: &writer) }
            }
        }
        return writer.bytes
    }

    private func write(_ message: ProviderMessage, into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("role", message.role.rawValue)
            // A message that only calls tools has no content, and some providers refuse an empty one.
            writer.field("content", message.content.isEmpty && !message.toolCalls.isEmpty ? nil : message.content)
            if let id = message.toolCallID { writer.field("tool_call_id", id) }
            guard !message.toolCalls.isEmpty else { return }
            writer.array("tool_calls") { writer in
                for call in message.toolCalls {
                    writer.object { writer in
                        writer.field("id", call.id)
                        writer.field("type", "function")
                        writer.object("function") { writer in
                            writer.field("name", call.name)
                            writer.field("arguments", call.arguments)
                        }
                    }
                }
            }
        }
    }

    private func write(_ tool: ProviderTool, into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("type", "function")
            writer.object("function") { writer in
                writer.field("name", tool.name)
                writer.field("description", tool.description)
                writer.field("parameters", tool.parameters)
            }
        }
    }
}
