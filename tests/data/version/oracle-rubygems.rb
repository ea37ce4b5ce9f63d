# SPDX-License-Identifier: Apache-2.0
# Judges each line "a<TAB>b" of the file with Gem::Version: <, = or >, ! when it refuses one; with
# "in" as second argument each line "requirement<TAB>version": i, o or !.
def judge(a, b)
  if ARGV[1] == 'in'
    requirement = Gem::Requirement.new(a.split(',', -1))
    return requirement.satisfied_by?(Gem::Version.new(b)) ? 'i' : 'o'
  end
  '<=>'[(Gem::Version.new(a) <=> Gem::Version.new(b)) + 1]
end

File.foreach(ARGV[0]) do |line|
  begin
    puts judge(*line.chomp.split("\t", -1))
  rescue ArgumentError
    puts '!'
  end
end
