import Platform

/// The whole schema in the order in which its steps were released. New steps go
/// to the end, with the next number, whichever feature they belong to.
enum Schema {
    static let migrations: [Migration] =
        PlatformSchema.migrations + AccountSchema.migrations + RetrievalSchema.migrations + KnowledgeSchema.migrations
        + JobSchema.migrations + ChatSchema.migrations + WorkSchema.migrations + AccountSchema.invitationMigrations
        + ModerationSchema.migrations + ChatSchema.answerMigrations + TokenLedger.migrations
        + JobSchema.searchMigrations + ApplicationSchema.migrations + AlertSchema.migrations + RecommendationSchema.migrations
        + NotificationSchema.migrations + NotificationSchema.settingsMigrations + RetrievalSchema.vectorMigrations
        + JobSchema.wordMigrations
        + ChatSchema.streamMigrations
        + WorkSchema.queueMigrations
        + ScheduleSchema.migrations + NotificationSchema.markMigrations + JobSchema.closingMigrations + ApplicationSchema.followUpMigrations
        + MailSchema.migrations + NotificationSchema.digestMigrations + MailSchema.notificationMigrations
        + TargetSchema.migrations
}
