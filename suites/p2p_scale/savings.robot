*** Settings ***
Documentation    What need not be sent is not sent, and what was worked out is not worked out again.

Resource         ../../resources/sync.resource

Test Tags        p2p


*** Test Cases ***
Delta sync
    [Documentation]    Of a file of 1 MB only the part that was changed goes to the others.
    [Tags]    P-5.3.4    priority:high
    Given Alice, Bob and Carol share a folder
     When Alice writes file "film.bin" of 1 MB
     Then all folders should be equal within 30 seconds
     When Alice changes 1 KB in the middle of file "film.bin"
     Then all folders should be equal within 30 seconds
      And the last change should have cost no device more than 150 KB

Bloom filters
    [Documentation]    Carol hears of Alice by way of Bob. He tells her in few bytes which parts of a film have come to
    ...    him, and so she gets them before he has all, and asks him for hardly any other.
    [Tags]    P-5.3.3
    Given Alice, Bob and Carol share a folder in a chain
     When Alice writes file "film.bin" of 4 MB
     Then all folders should be equal within 60 seconds
      And Carol should have got 8 parts from devices that were still getting others
      And at most 10% of all parts should have been asked for in vain

Compression
    [Documentation]    Words that are said again and again take little room on the way, and arrive as they were.
    [Tags]    P-5.3.5
    Given Alice, Bob and Carol share a folder
     When Alice fills file "words.txt" with 1 MB of the same words
     Then all folders should be equal within 30 seconds
      And the last change should have cost no device more than 200 KB

Batching
    [Documentation]    A hundred changes that Bob has missed come to him together, and each is a change of its own.
    [Tags]    P-5.3.6
    Given Alice, Bob and Carol share a folder
     When Bob goes offline
      And Alice writes 100 files of 1 KB
      And Bob comes online
     Then all folders should be equal within 30 seconds
      And 100 changes should have come to Bob in at most 2 messages

Caching
    [Documentation]    However often folders are looked at, and though Bob starts again, no file is hashed twice; one
    ...    that was written again is.
    [Tags]    P-5.3.7
    Given Alice and Bob share a folder
     When Alice writes 20 files of 4 KB
      And Alice writes file "plan.txt" of 4 KB
     Then all folders should be equal within 30 seconds
     When Bob is killed
      And Alice changes 1 KB in the middle of file "plan.txt"
      And Bob starts again after 1 second
     Then all folders should be equal within 30 seconds
      And no file should have been hashed again in 3 looks

CPU multiplication
    [Documentation]    However many peers get a film from Alice, she compresses it once.
    [Tags]    P-5.1.4
    Given 6 peers share a folder
     When Alice writes file "film.bin" of 1 MB
     Then all folders should be equal within 30 seconds
      And what 3 others got from a device should have been made ready once

Memory scaling
    [Documentation]    A peer that gets much keeps little of it in memory.
    [Tags]    P-5.2.7
    Given Alice, Bob and Carol share a folder
     When Bob goes offline
      And Alice writes 40 files of 1 MB
      And Bob comes online
     Then all folders should be equal within 3 minutes
      And Bob's memory should have grown by at most 8 MB
