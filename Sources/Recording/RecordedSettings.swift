internal import Node
internal import Scenario

extension RecordedScenario {
    /// Sets the profile, and the parameters that differ from their presets.
    mutating func set(_ settings: Settings, _ definition: Definition) {
        profile = settings.profile == definition.configuration.profiles.first?.name ? nil : settings.profile
        parameters = [:]
        for p in definition.configuration.parameters where p.choices.count > 1 && settings[p.name] != p.preset {
            parameters[p.name] = settings[p.name]
        }
    }
}
