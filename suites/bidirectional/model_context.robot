*** Settings ***
Documentation    An assistant lists, creates and updates the same tasks, by tools of the Model Context Protocol.

Resource         ../../resources/sync.resource

Test Tags        bidirectional    M-17    priority:high


*** Test Cases ***
An assistant over HTTP works on the same tasks
    [Documentation]    What it creates and updates is notified to others, and it lists what they have created.
    Given Alice uses MCP over HTTP
      And Alice and Bob work on one repository
     When Bob creates task "report"
      And Alice updates task "report" to "half done"
      And Alice creates 3 tasks
     Then Alice and Bob should have task "report" as "half done" within 10 seconds
      And Bob should have 4 tasks within 10 seconds
      And Alice should have 4 tasks within 10 seconds

An assistant over stdio works on the same tasks
    [Documentation]    The same by a server of its own on stdin and stdout, which speaks to the task server.
    Given Alice uses MCP over stdio
      And Alice and Bob work on one repository
     When Bob creates task "report"
      And Alice updates task "report" to "half done"
      And Alice creates 3 tasks
     Then Alice and Bob should have task "report" as "half done" within 10 seconds
      And Bob should have 4 tasks within 10 seconds
      And Alice should have 4 tasks within 10 seconds

A call over HTTP whose reply was lost makes one task
    [Documentation]    The session is gone with the reply; the call is repeated in a new one, under its key.
    Given Alice uses MCP over HTTP
      And Alice and Bob work on one repository
     When Alice creates 3 tasks
      And the replies to Alice are lost after she has had 1 change answered
      And replies reach Alice again after 30 seconds
     Then Bob should have 3 tasks within 30 seconds

A call over stdio whose reply was lost makes one task
    [Documentation]    The tool says that the server could not be reached, and is called again with the same key.
    Given Alice uses MCP over stdio
      And Alice and Bob work on one repository
     When Alice creates 3 tasks
      And the replies to Alice are lost after she has had 1 change answered
      And replies reach Alice again after 30 seconds
     Then Bob should have 3 tasks within 30 seconds
