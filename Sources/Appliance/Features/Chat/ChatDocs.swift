import Platform

/// The forms of the chat's bodies and answers, for the API's document.
enum ChatDocs {
    static let message = JSONSchema.named(
        "ChatMessage",
        .object([
            JSONSchema.Member("id", .uuid), JSONSchema.Member("session", .uuid),
            JSONSchema.Member("role", .choice(["user", "assistant", "system", "function"])), JSONSchema.Member("content", .text),
            JSONSchema.Member("timestamp", .datetime), JSONSchema.Member("function_call_data", .nullable(.anything)),
            JSONSchema.Member("function_name", .nullable(.text)), JSONSchema.Member("metadata", .map(.anything)),
        ]))

    static let listItem = JSONSchema.named(
        "ChatSessionListItem",
        .object([
            JSONSchema.Member("id", .uuid), JSONSchema.Member("title", .nullable(.text)), JSONSchema.Member("created_at", .datetime),
            JSONSchema.Member("updated_at", .datetime), JSONSchema.Member("last_message_at", .nullable(.datetime)),
            JSONSchema.Member("last_message_preview", .nullable(.text)), JSONSchema.Member("message_count", .integer),
        ]))

    static let session = JSONSchema.named(
        "ChatSession",
        .object([
            JSONSchema.Member("id", .uuid), JSONSchema.Member("user", .uuid), JSONSchema.Member("title", .nullable(.text)),
            JSONSchema.Member("created_at", .datetime), JSONSchema.Member("updated_at", .datetime),
            JSONSchema.Member("last_message_at", .nullable(.datetime)), JSONSchema.Member("messages", .array(message)),
        ]))

    static let title = JSONSchema.named(
        "ChatSessionRequest",
        .object([JSONSchema.Member("title", .nullable(.text(max: ChatSession.longestTitle)), isRequired: false)]))

    /// A question, under the name that the route gives its text.
    static func question(_ field: String) -> JSONSchema {
        .object([
            JSONSchema.Member(field, .text(min: 1, max: ChatMessage.longestContent)),
            JSONSchema.Member("session_id", .nullable(.uuid), isRequired: false),
        ])
    }

    static let turn = JSONSchema.object([
        JSONSchema.Member("session_id", .uuid), JSONSchema.Member("user_message", message), JSONSchema.Member("assistant_message", message),
    ])

    static let turnOrEvents = "The answer; with `Accept: text/event-stream`, the answer's stream."

    static let stream = JSONSchema.object([
        JSONSchema.Member("stream_id", .uuid), JSONSchema.Member("session_id", .uuid), JSONSchema.Member("question_id", .uuid),
        JSONSchema.Member("state", .choice(["streaming", "done", "stopped", "failed", "interrupted"])),
        JSONSchema.Member("error_code", .nullable(.text)), JSONSchema.Member("sequence", .integer), JSONSchema.Member("text", .text),
        JSONSchema.Member("message", .nullable(message)),
    ])

    static let stopped = JSONSchema.object([
        JSONSchema.Member("stream_id", .uuid), JSONSchema.Member("state", .choice(["done", "stopped", "failed", "interrupted"])),
        JSONSchema.Member("message", .nullable(message)),
    ])

    static func ordered(isInline: Bool) -> JSONSchema {
        .object(
            (isInline ? [] : [JSONSchema.Member("task_id", .uuid)]) + [
                JSONSchema.Member("session_id", .uuid), JSONSchema.Member("user_message", message), JSONSchema.Member("detail", .text),
            ])
    }

    static let adviceQuestion = JSONSchema.object([
        JSONSchema.Member("advice_type", .text(min: 1, max: 50)),
        JSONSchema.Member("context", .nullable(.text(max: ChatMessage.longestContent)), isRequired: false),
    ])

    static let advice = JSONSchema.object([
        JSONSchema.Member("advice_type", .text), JSONSchema.Member("advice", .text), JSONSchema.Member("metadata", .map(.anything)),
    ])

    /// The model's failures. The question is kept, so its answer can be asked for again.
    static let noAnswer = JSONSchema.object([
        JSONSchema.Member("detail", .text), JSONSchema.Member("error_code", .text),
        JSONSchema.Member("session_id", .uuid, isRequired: false),
        JSONSchema.Member("user_message", message, isRequired: false),
    ])
}

extension Route {
    /// The ways in which a route that asks the model can fail.
    func mayGetNoAnswer() -> Route {
        returns(502, ChatDocs.noAnswer, "The model could not answer.")
            .returns(503, .anyOf([ChatDocs.noAnswer, .object([JSONSchema.Member("detail", .text)])]), "Not now; Retry-After says when.")
            .returns(504, ChatDocs.noAnswer, "The model did not answer in time.")
    }
}
