# SPDX-License-Identifier: Apache-2.0
# Judges each line "a<TAB>b" of the file with Elixir's Version: <, = or >, ! when it refuses one; with
# "in" as second argument each line "requirement<TAB>version": i, o or !.
[file | mode] = System.argv()

judge = fn
  a, b, ["in"] -> if Version.match?(b, a), do: "i", else: "o"
  a, b, [] -> %{lt: "<", eq: "=", gt: ">"}[Version.compare(a, b)]
end

for line <- File.stream!(file) do
  [a, b] = line |> String.trim_trailing("\n") |> String.split("\t")

  IO.puts(
    try do
      judge.(a, b, mode)
    rescue
      _ in [Version.InvalidVersionError, Version.InvalidRequirementError] -> "!"
    end
  )
end
