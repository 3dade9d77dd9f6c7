*** Settings ***
Documentation    The figures of plan P, section 9.2: what peers take, and how soon others have what one of them says.

Resource         ../../resources/sync.resource

Test Tags        p2p    unscaled


*** Test Cases ***
Message latency
    [Documentation]    Peers of one region that write one after the other: 99 of 100 changes are stored by each other
    ...    one within 100 ms.
    [Tags]    P-9.2.2    priority:high
    Given 5 peers share a folder
     When it is measured how soon 30 files of 1 KB by Alice, Bob and Carol are everywhere
     Then 99% of them should have come within 100 ms

Processor and memory
    [Documentation]    Five peers of whom two write a file a second each need little of a processor and little memory,
    ...    their programs included.
    [Tags]    P-9.2.4    P-9.2.5
    Given 5 peers share a folder
     When it is measured what 8 files of 4 KB by Alice and Bob take over 8 seconds
     Then no device should have needed more than 10% of a processor
      And no device should have needed more than 100 MB of memory

Bandwidth efficiency
    [Documentation]    Three writers, large files and small ones, everybody linked to everybody: all that six peers get
    ...    is hardly more than the files, once for each.
    [Tags]    P-9.2.3    priority:high
    Given 6 peers share a folder
     When Alice writes 20 files of 20 KB
      And Bob writes file "film.bin" of 1 MB
      And Carol writes 5 files of 100 KB
     Then all folders should be equal within 30 seconds
      And at most 1.5 times the least possible should have been transferred

Peer scaling
    [Documentation]    Two write as usual, for three peers, then six, then nine: what all of them say and do for that
    ...    grows in line with their number.
    [Tags]    P-9.2.1    P-5.2.6
    Given three, six and nine peers were measured while they worked
     Then the messages should grow no faster than the number of peers
      And the bytes should grow no faster than the number of peers
      And the processor time should grow no faster than the number of peers


*** Keywords ***
Three, six and nine peers were measured while they worked
    [Documentation]    The same load with each number, for the same time.
    Given 3 peers share a folder as a tree with 2 branches
    When it is measured what 8 files of 300 B by Alice and Bob take over 4 seconds
    And peers 4 to 6 join the folder
    And it is measured what 8 files of 300 B by Alice and Bob take over 4 seconds
    And peers 7 to 9 join the folder
    And it is measured what 8 files of 300 B by Alice and Bob take over 4 seconds
