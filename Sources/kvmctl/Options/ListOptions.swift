import ArgumentParser

/// What verbs that list have in common.
struct ListOptions: ParsableArguments {
    @OptionGroup var spec: SpecOptions
    @Option(name: .shortAndLong, help: ArgumentHelp("table, wide, json, yaml or name.", valueName: "format"))
    var output: ListFormat = .table
    @OptionGroup var appearance: AppearanceOptions
}
