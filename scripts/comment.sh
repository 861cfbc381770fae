#!/bin/sh
# One comment under the pull request that a check belongs to, written anew or updated in place.
# The findings file comes from a stranger's proposal and may be anything, or missing: `wholeschool comment` reads it.
# Environment: GITHUB_REPOSITORY, GH_TOKEN, OWNER, FORK, BRANCH, COMMIT and RUN of the check, all from the forge's own
# event.
set -eu
findings=$1
mark='<!-- wholeschool: check -->'

# Both sides must agree on the commit, the fork and the branch that it is for: a branch may have moved on, an owner may
# have two forks with branches of one name, and one branch may be proposed for several others. Only main is checked.
number=$(gh api --paginate --method GET "repos/$GITHUB_REPOSITORY/pulls" -f state=open -f base=main -f "head=$OWNER:$BRANCH" |
  jq --slurp --arg commit "$COMMIT" --arg fork "$FORK" --arg branch "$BRANCH" '[.[][] | select(
    .head.sha == $commit and .head.ref == $branch and .head.repo.full_name == $fork and .base.ref == "main"
  ) | .number] | if length == 1 then .[0] else empty end')
if [ -z "$number" ]; then
  echo "没有对应的开放的合并请求，不评论。"
  exit 0
fi
outside=$(gh api --paginate "repos/$GITHUB_REPOSITORY/pulls/$number/files" |
  jq --slurp '[.[][] | select([.filename, .previous_filename // empty] | all(startswith("submissions/")) | not)] | length')

body=$(mktemp)
trap 'rm -f "$body"' EXIT
{
  echo "$mark"
  .venv/bin/wholeschool comment "$findings" --outside "$outside" --run "$RUN"
} >"$body"

# Only our own comment is ever changed: anybody can copy the mark.
old=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$number/comments" |
  jq --slurp --arg mark "$mark" \
    '[.[][] | select(.user.login == "github-actions[bot]" and (.body | startswith($mark))) | .id][0] // empty')
if [ -n "$old" ]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$old" -F "body=@$body" >/dev/null
else
  gh api --method POST "repos/$GITHUB_REPOSITORY/issues/$number/comments" -F "body=@$body" >/dev/null
fi
echo "已评论：#$number"
