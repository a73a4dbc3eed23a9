extension SettingTable {
    static let notifications = SettingTable(
        name: "notifications",
        manual: """
            Notifications that leave the product: users can have theirs sent to addresses
            of their own (webhooks, ntfy, Gotify).
            """,
        settings: [
            .boolean(
                "notifications.allow_private_targets", \.notifications.allowPrivateTargets, false, .live,
                """
                false: such an address must be https, on port 443 or above 1023, and belong to
                a machine that the whole internet can reach; what a name stands for is looked
                at when the connection is made. true: any address, also http and this network:
                for a server at home whose users are its operator's family. On any other
                server every user could then reach what only this machine can: its other
                services, its neighbours, and what manages it.
                """)
        ])
}
