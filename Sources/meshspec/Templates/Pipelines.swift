import Scenario

extension Starter {
    static let results = "meshspec-results.jsonl"
    static let junit = "meshspec-junit.xml"
    static let gitLabName = ".gitlab-ci.yml"
    /// The file name for a repository that already has a pipeline, which can include this file.
    static let gitLabInclude = "meshspec.gitlab-ci.yml"
    /// The first line of a pipeline that meshspec has written.
    static let pipelineHead = "# Judges the node of this repository with meshspec."
    /// The command of the job. Its exit status decides. Results are kept in any case, and the log of the job has the
    /// text for people.
    private static let command = "meshspec run -t \(targetName) --report json=\(results),"
    /// The command with annotations and a summary on the page of the job.
    static let gitHubCommand = command + "github"
    /// The command with the report that GitLab shows at merge requests.
    static let gitLabCommand = command + "junit=\(junit)"
    private var preparation: String {
        """
        \(Self.pipelineHead)
        # `control: start` of \(Self.targetName) starts the node; without it, the node must already be running.
        # Exit status: 0 passed, 1 a conformance failure, 2 usage, 3 an invalid file, 4 cannot reach or start the node,
        # 5 nothing was selected, 6 inconclusive cases besides passes. All but 0 fail the job.
        """
    }
    /// Returns the path of a file in the folder, relative to the root of the repository.
    private func below(_ name: String, _ folder: String) -> String { folder.isEmpty ? name : folder + "/" + name }

    /// Returns paths for an action, one on each line. A folder name that would end the line is quoted.
    private static func block(_ lines: [String]) -> String {
        guard lines.allSatisfy({ $0.unicodeScalars.allSatisfy(Printable.isPlain) }) else {
            return QuotedScalar.text(lines.joined(separator: "\n"))
        }
        return "|" + lines.map { "\n            " + $0 }.joined()
    }

    /// Returns the text of `.github/workflows/meshspec.yml`. `folder` is the folder of the target file, relative to the
    /// root of the repository; empty for the root.
    func gitHubWorkflow(_ folder: String) -> String {
        let place =
            folder.isEmpty
            ? "" : "\n    defaults:\n      run:\n        working-directory: " + QuotedScalar.text(folder)
        return """
            \(preparation)
            # Set the variable MESHSPEC_REPOSITORY (Settings, Actions, Variables) to the repository that releases meshspec: OWNER/NAME.
            name: meshspec
            on: [push, pull_request]
            jobs:
              conformance:
                runs-on: ubuntu-latest
                timeout-minutes: 30\(place)
                steps:
                  - uses: actions/checkout@v4
                  - name: Install meshspec
                    env:
                      GH_TOKEN: ${{ github.token }}
                      MESHSPEC_REPOSITORY: ${{ vars.MESHSPEC_REPOSITORY }}
                    run: |
                      folder=$(mktemp -d)
                      gh release download v\(Version.current) --pattern "meshspec_*_$(dpkg --print-architecture).deb" --dir "$folder" \\
                        --repo "${MESHSPEC_REPOSITORY:?is not set: OWNER/NAME of the repository that releases meshspec}"
                      sudo apt-get update
                      sudo apt-get install -y "$folder"/meshspec_*.deb
                  - name: Check that meshspec and the target file are in order
                    run: meshspec run -t \(Self.targetName) --dry-run
                  - name: Run the suite
                    run: \(Self.gitHubCommand)
                  - name: Keep the results
                    if: always()
                    uses: actions/upload-artifact@v4
                    with:
                      name: meshspec-results
                      path: \(Self.block([below(Self.results, folder), below(EvidenceOption.preset, folder)]))

            """
    }
    /// Returns the text of `.gitlab-ci.yml`, or of a file that it includes.
    func gitLabPipeline(_ folder: String) -> String {
        let place = folder.isEmpty ? "" : "\n    - " + QuotedScalar.text("cd " + ShellText.word(folder))
        return """
            \(preparation)
            # Set the variable MESHSPEC_DEB (Settings, CI/CD, Variables) to the address of a .deb of meshspec \(Version.current).
            meshspec:
              stage: test
              image: debian:12
              timeout: 30 minutes
              before_script:
                - apt-get update && apt-get install -y ca-certificates curl
                - 'curl --fail --location --output /tmp/meshspec.deb "${MESHSPEC_DEB:?is not set: the address of a .deb of meshspec}"'
                - apt-get install -y /tmp/meshspec.deb\(place)
              script:
                - meshspec run -t \(Self.targetName) --dry-run
                - \(Self.gitLabCommand)
              artifacts:
                when: always
                paths:
                  - \(QuotedScalar.text(below(Self.results, folder)))
                  - \(QuotedScalar.text(below(EvidenceOption.preset, folder)))
                reports:
                  junit: \(QuotedScalar.text(below(Self.junit, folder)))

            """
    }
}
