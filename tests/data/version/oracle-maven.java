// SPDX-License-Identifier: Apache-2.0
// Judges each line "a<TAB>b" of the file with maven-artifact: <, = or >; with "in" as second argument
// each line "range<TAB>version": i, o or !.
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.maven.artifact.versioning.ComparableVersion;
import org.apache.maven.artifact.versioning.DefaultArtifactVersion;
import org.apache.maven.artifact.versioning.InvalidVersionSpecificationException;
import org.apache.maven.artifact.versioning.VersionRange;

class Oracle {
    static String judge(String a, String b, boolean isRange) {
        if (isRange) {
            try {
                VersionRange range = VersionRange.createFromVersionSpec(a);
                return range.containsVersion(new DefaultArtifactVersion(b)) ? "i" : "o";
            } catch (InvalidVersionSpecificationException e) {
                return "!";
            }
        }
        int order = new ComparableVersion(a).compareTo(new ComparableVersion(b));
        return order < 0 ? "<" : order > 0 ? ">" : "=";
    }

    public static void main(String[] args) throws Exception {
        StringBuilder answers = new StringBuilder();
        for (String line : Files.readAllLines(Path.of(args[0]))) {
            String[] parts = line.split("\t", -1);
            answers.append(judge(parts[0], parts[1], args.length > 1)).append('\n');
        }
        System.out.print(answers);
    }
}
