*** Settings ***
Documentation    One change does not set off others.

Resource         ../../resources/sync.resource

Test Tags        p2p


*** Test Cases ***
Cascading loops
    [Documentation]    A file gets another name: that is one change, and the others of the folder are left alone.
    [Tags]    P-1.3.1    priority:medium
    Given Alice, Bob and Carol share a folder
     When Alice writes file "plan.txt"
      And Alice writes 5 files of 1 KB
     Then all folders should be equal within 30 seconds
     When Bob renames file "plan.txt" to "old.txt"
     Then all folders should be equal within 30 seconds
      And a change should cost at most 1 transfer per device

Nested loops
    [Documentation]    Two users fill one directory at once: each file goes to the others once.
    [Tags]    P-1.3.2    priority:medium
    Given Alice, Bob and Carol share a folder
     When Alice fills folder "photos" with 10 files of 1 KB
      And Bob fills folder "photos" with 10 files of 1 KB
     Then all folders should be equal within 30 seconds
      And a change should cost at most 1 transfer per device
      And nothing should be transferred for 5 seconds

Conditional loops
    [Documentation]    A slow link holds versions up, so that new ones meet old ones on their way.
    [Tags]    P-1.3.3    priority:medium
    Given Alice, Bob and Carol share a folder
      And Bob's latency is set to 300 ms
     When Alice writes file "plan.txt" 5 times
      And Carol writes 5 files of 1 KB
     Then all folders should be equal within 30 seconds
      And file "plan.txt" should have 1 version everywhere within 30 seconds
      And nothing should be transferred for 5 seconds

Merge loops
    [Documentation]    A conflict that a user has settled is settled for all: that makes no further conflict.
    [Tags]    P-1.3.6    priority:high
    Given Alice, Bob and Carol share a folder
      And Alice and Bob go offline
     When Alice writes file "plan.txt"
      And Bob writes file "plan.txt"
      And Alice and Bob come online
     Then file "plan.txt" should have 2 versions everywhere within 30 seconds
     When Carol keeps only the shown version of "plan.txt"
     Then file "plan.txt" should have 1 version everywhere within 30 seconds
      And nothing should be transferred for 5 seconds

Metadata loops
    [Documentation]    That a file was written again as it was is no change; that it became read-only is one.
    [Tags]    P-1.3.7    priority:high
    Given Alice and Bob share a folder
     When Alice writes file "plan.txt"
      And Bob writes file "list.txt"
     Then all folders should be equal within 30 seconds
     When Bob touches file "plan.txt" 3 times
      And Alice makes file "list.txt" read-only
     Then all folders should be equal within 30 seconds
      And nothing should be transferred for 5 seconds
      And a change should cost at most 1 transfer per device
