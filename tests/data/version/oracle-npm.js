// SPDX-License-Identifier: Apache-2.0
// Judges each line "a<TAB>b" of the file with node-semver: <, = or >, ! when it refuses one; with
// "in" as second argument each line "range<TAB>version": i, o or !.
let semver
try {
  semver = require('/usr/share/nodejs/semver')
} catch (e) {
  process.exit(77)
}
const lines = require('fs').readFileSync(process.argv[2], 'latin1').split('\n').slice(0, -1)
for (const line of lines) {
  const [a, b] = line.split('\t')
  let answer = '!'
  if (process.argv[3] === 'in') {
    if (semver.validRange(a) !== null && semver.valid(b) !== null) {
      answer = semver.satisfies(b, a) ? 'i' : 'o'
    }
  } else if (semver.valid(a) !== null && semver.valid(b) !== null) {
    answer = '<=>'[semver.compare(a, b) + 1]
  }
  console.log(answer)
}
