*** Settings ***
Documentation    How often something goes wrong, proved by as many changes, messages and conflicts as that takes.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high    unscaled


*** Test Cases ***
Message delivery
    [Documentation]    Three thousand times a change is for another device, and thirty thousand messages pass: a loss of
    ...                one change in a thousand would show, and of one message in ten thousand.
    [Tags]    P-9.1.5    P-9.3.5
    Given 10 peers share a folder
     When 10 peers each write 5 files 7 times
      And 10 peers write files until 30000 messages have passed between them
     Then at most 0.1% of all changes should have failed to arrive within 60 seconds
      And at most 0.01% of all messages should have been lost
      And all folders should be equal within 30 seconds

Conflict rate
    [Documentation]    Four users install the same thousand files while they are offline, which makes three thousand
    ...                conflicts: nobody has to choose between them.
    [Tags]    P-9.3.4
    Given Alice, Bob, Carol and Dave share a folder
      And Alice, Bob, Carol and Dave go offline
     When Alice, Bob, Carol and Dave unpack the same 10 archives of 100 files
      And Alice, Bob, Carol and Dave come online
     Then all folders should be equal within 60 seconds
      And at most 0.1% of all conflicts should be left to people
